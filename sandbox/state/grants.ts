import { createHmac } from 'node:crypto'
import { keepNewest } from './forget.ts'
import { makeSecret, now, type Code, type Grant, type World } from './world.ts'

const twoHours = 7_200_000
const fiveMinutes = 300_000
const mostGrants = 5000

/** Gives out a new token or ticket that lives two hours by the platforms' clock. */
export function grant(
  world: World,
  kind: Grant['kind'],
  owner: string,
  length: number,
  more: Pick<Grant, 'openid' | 'scope' | 'component'> = {},
): Grant {
  const issuedAt = now(world)
  const series = `${kind} ${owner} ${slotOf(issuedAt)}`
  const turn = world.turns.get(series) ?? 0
  world.turns.set(series, turn + 1)
  const value = kind === 'wechat.oauth' ? makeSecret(length) : makeValue(series, turn, length)
  const fresh: Grant = {
    kind,
    owner,
    value,
    issuedAt,
    expiresAt: issuedAt + twoHours,
    revoked: false,
    ...more,
  }
  world.grants.push(fresh)
  // Old ones are refused by name for a while; good ones always stay.
  if (world.grants.length % mostGrants === 0)
    world.grants = world.grants.filter((one) => stateOf(world, one) === 'valid')
  world.recalled = world.recalled.filter((one) => one.value !== value)
  return fresh
}

/**
 * What a sandbox on the same scene gave out first in this slot of two hours and the one before. The
 * platforms do not forget when they are restarted, but this process does, while our server keeps
 * tokens and tickets in its database: without this it would sign in vain until they run out.
 */
export function recallGrants(
  world: World,
  owners: { wecom: string; miniprogram: string; official: string },
) {
  const kinds: [Grant['kind'], string, number][] = [
    ['wecom.token', owners.wecom, lengths.wecomToken],
    ['wecom.ticket', owners.wecom, lengths.ticket],
    ['wecom.agent-ticket', owners.wecom, lengths.ticket],
    ['wechat.stable-token', owners.miniprogram, lengths.wechatToken],
    ['wechat.stable-token', owners.official, lengths.wechatToken],
    ['wechat.ticket', owners.official, lengths.ticket],
  ]
  const slot = slotOf(now(world))
  world.recalled = kinds.flatMap(([kind, owner, length]) =>
    [slot, slot - 1].map((one) => ({
      kind,
      owner,
      value: makeValue(`${kind} ${owner} ${one}`, 0, length),
      issuedAt: one * twoHours,
      expiresAt: (one + 2) * twoHours,
      revoked: false,
    })),
  )
}

/** How long the platforms' own are. */
export const lengths = { wecomToken: 214, ticket: 86, wechatToken: 136 }

function slotOf(ms: number): number {
  return Math.floor(ms / twoHours)
}

function makeValue(series: string, turn: number, length: number): string {
  const parts = [0, 1, 2].map((part) =>
    createHmac('sha512', 'sandbox').update(`${series} ${turn} ${part}`).digest('base64url'),
  )
  return parts.join('').slice(0, length)
}

/** The newest grant of its kind that still holds. */
export function currentGrant(world: World, kind: Grant['kind'], owner: string): Grant | undefined {
  return world.grants.findLast(
    (one) => one.kind === kind && one.owner === owner && stateOf(world, one) === 'valid',
  )
}

export function findGrant(world: World, kinds: Grant['kind'][], value: string): Grant | undefined {
  return [...world.grants, ...world.recalled].find(
    (one) => kinds.includes(one.kind) && one.value === value,
  )
}

export function stateOf(world: World, one: Grant): 'valid' | 'expired' | 'revoked' {
  if (one.revoked) return 'revoked'
  return now(world) >= one.expiresAt ? 'expired' : 'valid'
}

export function secondsLeft(world: World, one: Grant): number {
  return Math.max(0, Math.ceil((one.expiresAt - now(world)) / 1000))
}

/** A login code: opaque, for one user and one app, five minutes, once. */
export function issueCode(
  world: World,
  code: Pick<Code, 'kind' | 'owner' | 'userId' | 'scope' | 'redirectHost'>,
): string {
  const value = makeSecret(code.kind === 'wecom' ? 43 : 32)
  world.codes.set(value, { ...code, issuedAt: now(world), used: false })
  keepNewest(world.codes)
  return value
}

/**
 * Spends a code. The second time it is `used`, after five minutes `expired`; a code of another app
 * is `unknown`.
 */
export function spendCode(
  world: World,
  kind: Code['kind'],
  owner: string,
  value: string,
): Code | 'unknown' | 'used' | 'expired' {
  const code = world.codes.get(value)
  if (!code || code.kind !== kind || code.owner !== owner) return 'unknown'
  if (code.used) return 'used'
  if (now(world) - code.issuedAt >= fiveMinutes) return 'expired'
  code.used = true
  return code
}

/**
 * Counts a call; false when `most` were made within the last `windowMs`. A refused call is not
 * counted.
 */
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
