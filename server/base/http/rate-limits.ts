import type { Context as KoaContext } from 'koa'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Problem } from '../problem.ts'
import type { Subject } from './session/sessions.ts'

/**
 * How many calls a minute one session may make, or one address without a session. Each process
 * counts for itself.
 */
export type RateLimits = RateLimiterMemory | null

export function openRateLimits(perMinute: number): RateLimits {
  return perMinute === 0 ? null : new RateLimiterMemory({ points: perMinute, duration: 60 })
}

/** @throws Problem `too_many_requests` with `Retry-After`. */
export async function allow(
  { rateLimits }: { readonly rateLimits: RateLimits },
  koa: KoaContext,
  session: Subject | null,
  cost: number,
): Promise<void> {
  if (!rateLimits) return
  const key =
    session === null
      ? koa.ip
      : session.kind === 'member'
        ? `${session.corpId}/${session.userId}`
        : session.identityId
  try {
    await rateLimits.consume(key, cost)
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
    throw new Problem('too_many_requests', `Try again in ${seconds} seconds`, {
      headers: { 'Retry-After': String(seconds) },
    })
  }
}
