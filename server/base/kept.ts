declare const of: unique symbol

/**
 * The name of one thing that a process keeps in memory. The thing itself lies in the context's
 * `Memory`, never in a module. So two servers in one process, as in tests, share nothing.
 */
export interface Kept<T> {
  readonly name: string
  /** Only for the compiler. */
  readonly [of]?: T
}

export function kept<T>(name: string): Kept<T> {
  return { name }
}

/** What a process keeps in memory. Each domain opens its own part once, in its `domain.ts`. */
export class Memory {
  readonly #values = new Map<Kept<unknown>, unknown>()

  /** @throws Error when it is kept already: one thing has one owner */
  keep<T>(what: Kept<T>, value: T): void {
    if (this.#values.has(what)) throw new Error(`${what.name} is opened twice`)
    this.#values.set(what, value)
  }

  /** @throws Error when nobody has opened it */
  get<T>(what: Kept<T>): T {
    if (!this.#values.has(what)) throw new Error(`${what.name} is not opened`)
    // `keep` stored it under the same name with the same type.
    return this.#values.get(what) as T
  }
}
