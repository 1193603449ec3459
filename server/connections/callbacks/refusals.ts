import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { networkOf } from '../../base/http/network.ts'
import { kept } from '../../base/kept.ts'
import { Problem } from '../../base/problem.ts'

const mostPerMinute = 30

/** Counts the callbacks of each network that were refused, in this process. */
export interface Refusals {
  /**
   * Counts one. It is asked only after the signature was wrong. A platform behind the same proxy as
   * a stranger shares the address, and its pushes pass.
   * @throws Problem `too_many_requests` once there were many within a minute
   */
  count(address: string): Promise<void>
}

export const refusals = kept<Refusals>('refused callbacks')

export function openRefusals(): Refusals {
  const limiter = new RateLimiterMemory({ points: mostPerMinute, duration: 60 })
  return {
    async count(address) {
      try {
        await limiter.consume(networkOf(address) ?? address)
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
        throw new Problem('too_many_requests', `Try again in ${seconds} seconds`, {
          // The connection goes too, so that each further try costs the sender a new one.
          headers: { 'Retry-After': String(seconds), Connection: 'close' },
        })
      }
    },
  }
}
