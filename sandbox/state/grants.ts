import { makeSecret, now, type Code, type Grant, type World } from './world.ts'

const twoHours = 7_200_000
const fiveMinutes = 300_000

/** Gives out a new token or ticket that lives two hours by the platforms' clock. */
export function grant(world: World, kind: Grant['kind'], owner: string, length: number, more: Pick<Grant, 'openid' | 'scope'> = {}): Grant {
  const issuedAt = now(world)
  const fresh: Grant = { kind, owner, value: makeSecret(length), issuedAt, expiresAt: issuedAt + twoHours, revoked: false, ...more }
  world.grants.push(fresh)
  return fresh
}

/** The newest grant of its kind that still holds. */
export function currentGrant(world: World, kind: Grant['kind'], owner: string): Grant | undefined {
  return world.grants.findLast((one) => one.kind === kind && one.owner === owner && stateOf(world, one) === 'valid')
}

export function findGrant(world: World, kinds: Grant['kind'][], value: string): Grant | undefined {
  return world.grants.find((one) => kinds.includes(one.kind) && one.value === value)
}

export function stateOf(world: World, one: Grant): 'valid' | 'expired' | 'revoked' {
  if (one.revoked) return 'revoked'
  return now(world) >= one.expiresAt ? 'expired' : 'valid'
}

export function secondsLeft(world: World, one: Grant): number {
  return Math.max(0, Math.ceil((one.expiresAt - now(world)) / 1000))
}

/** A login code: opaque, for one user and one app, five minutes, once. */
export function issueCode(world: World, code: Pick<Code, 'kind' | 'owner' | 'userId' | 'scope' | 'redirectHost'>): string {
  const value = makeSecret(code.kind === 'wecom' ? 43 : 32)
  world.codes.set(value, { ...code, issuedAt: now(world), used: false })
  return value
}

/** Spends a code. The second time it is `used`, after five minutes `expired`; a code of another app is `unknown`. */
export function spendCode(world: World, kind: Code['kind'], owner: string, value: string): Code | 'unknown' | 'used' | 'expired' {
  const code = world.codes.get(value)
  if (!code || code.kind !== kind || code.owner !== owner) return 'unknown'
  if (code.used) return 'used'
  if (now(world) - code.issuedAt >= fiveMinutes) return 'expired'
  code.used = true
  return code
}

/** Counts a call; false when `most` were made within the last `windowMs`. A refused call is not counted. */
export function within(world: World, counter: string, most: number, windowMs: number): boolean {
  const recent = recentCalls(world, counter, windowMs)
  if (recent.length >= most) return false
  recent.push(now(world))
  world.counters.set(counter, recent)
  return true
}

export function recentCalls(world: World, counter: string, windowMs: number): number[] {
  const since = now(world) - windowMs
  return (world.counters.get(counter) ?? []).filter((at) => at > since)
}
