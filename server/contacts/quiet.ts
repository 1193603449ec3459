import { keepAmong } from '../base/bounded.ts'
import { kept } from '../base/kept.ts'
import { type Budget, makeBudget } from '../platforms/budget.ts'
import type { ContactRow } from './store.ts'

/** How many keys one process remembers at most. Each is forgotten after seconds or a minute. */
const mostRemembered = 20_000

/**
 * How many questions about contacts that WeCom does not know or may not tell a member may cause. A
 * rep meets one now and then; a program that tries ids meets nothing else.
 */
const mostInVain = { points: 30, forMs: 10 * 60_000 }

/**
 * Questions that WeCom did not answer well, with the time until which we do not repeat them, and
 * with what came instead. Times in milliseconds.
 */
export class Silences {
  readonly #until = new Map<string, { until: number; failure: unknown }>()

  /** Returns what the question led to, or null when it may be asked now. */
  holds(key: string, now: number): { failure: unknown } | null {
    const silence = this.#until.get(key)
    return silence && silence.until > now ? silence : null
  }

  begin(key: string, until: number, failure: unknown): void {
    keepAmong(this.#until, mostRemembered, key, { until, failure })
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
  /** Questions in vain, by `corp/member`. */
  readonly inVain: Budget
}

export const asking = kept<Asking>('questions to WeCom about contacts')

export function openAsking(): Asking {
  return {
    contacts: new Silences(),
    members: new Silences(),
    underWay: new Map(),
    inVain: makeBudget(mostInVain),
  }
}
