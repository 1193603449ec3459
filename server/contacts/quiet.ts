import { keepAmong } from '../base/bounded.ts'
import { kept } from '../base/kept.ts'
import type { ContactRow } from './store.ts'

/** How many keys one process remembers at most. Each is forgotten after seconds or a minute. */
const mostRemembered = 20_000

/**
 * Questions that WeCom did not answer, with the time until which we do not repeat them. Times in
 * milliseconds.
 */
export class Silences {
  readonly #until = new Map<string, number>()

  holds(key: string, now: number): boolean {
    return (this.#until.get(key) ?? 0) > now
  }

  begin(key: string, until: number): void {
    keepAmong(this.#until, mostRemembered, key, until)
  }

  end(key: string): void {
    this.#until.delete(key)
  }
}

/** What the process knows of its questions to WeCom. Keys are `corp/id`. */
export interface Asking {
  readonly contacts: Silences
  readonly members: Silences
  /** Questions about contacts that are under way. */
  readonly underWay: Map<string, Promise<ContactRow>>
}

export const asking = kept<Asking>('questions to WeCom about contacts')

export function openAsking(): Asking {
  return { contacts: new Silences(), members: new Silences(), underWay: new Map() }
}
