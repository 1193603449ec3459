/**
 * What is worked out from the world and kept because it takes long: indexes of long lists, ids
 * that cost a hash. It is never the only place of anything, so a snapshot leaves it out.
 */
export class Memory {
  readonly #kept = new Map<() => unknown, unknown>()

  /** What `make` made when it was first asked for. The function itself is the key. */
  of<T>(make: () => T): T {
    const known = this.#kept.get(make)
    if (known !== undefined) return known as T
    const fresh = make()
    this.#kept.set(make, fresh)
    return fresh
  }
}
