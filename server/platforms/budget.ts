import { keepAmong } from '../base/bounded.ts'
import { Problem } from '../base/problem.ts'

/** How many callers one process remembers at most. */
const mostCallers = 20_000

/**
 * How often a caller may make us ask a platform in vain. A question takes a point, and a good
 * answer gives it back, so honest callers never come near the end. Each process counts for itself.
 */
export interface Budget {
  /**
   * Asks, at the cost of the caller. `isVain` tells which failures are the caller's: the others,
   * and good answers, give the point back.
   * @throws Problem `too_many_requests` with `Retry-After`, and what `ask` throws
   */
  spend<T>(
    caller: string,
    now: number,
    ask: () => Promise<T>,
    isVain: (error: unknown) => boolean,
  ): Promise<T>
}

export function makeBudget({ points, forMs }: { points: number; forMs: number }): Budget {
  const spent = new Map<string, { since: number; count: number }>()

  function take(caller: string, now: number): { count: number } {
    let own = spent.get(caller)
    if (!own || now - own.since >= forMs || now < own.since) {
      own = { since: now, count: 0 }
      keepAmong(spent, mostCallers, caller, own)
    }
    if (own.count >= points) {
      const seconds = Math.max(1, Math.ceil((own.since + forMs - now) / 1000))
      throw new Problem('too_many_requests', `Try again in ${seconds} seconds`, {
        headers: { 'Retry-After': String(seconds) },
      })
    }
    own.count += 1
    return own
  }

  return {
    async spend(caller, now, ask, isVain) {
      const own = take(caller, now)
      try {
        const answer = await ask()
        own.count -= 1
        return answer
      } catch (error) {
        if (!isVain(error)) own.count -= 1
        throw error
      }
    },
  }
}
