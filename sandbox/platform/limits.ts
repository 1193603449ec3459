import { now, type World } from '../state/world.ts'
import type { Meter } from './area.ts'
import { Refusal, type Upstream } from './method.ts'

const minute = 60_000
const hour = 3_600_000
const day = 86_400_000

/**
 * At most `most` in each window of `ms`; what is more is refused, and everything after it until the
 * penalty is over.
 */
interface Rule {
  ms: number
  most: number | null
  /** What is more is dropped without a penalty, as with messages to one member. */
  isDropped?: boolean
}

/**
 * WW-90312: an overflowing minute blocks for 60 s, an hour for 60 minutes, a day for the rest of
 * it, a month for 30 days.
 */
function penaltyEnd(at: number, ms: number): number {
  if (ms < day) return at + ms
  // Days are counted in Beijing.
  return ms === day ? at + day - ((at + 8 * hour) % day) : at + ms
}

/**
 * Counts one call against all rules of a counter; false when one of them refuses. Windows are
 * buckets, not moments of calls: at 10,000 a minute a list of moments would cost more than the
 * call. A refused call is not counted. `weight`: one call that counts as many, e.g. a message to
 * 100 members.
 */
export function countWithin(world: World, counter: string, rules: Rule[], weight = 1): boolean {
  const at = now(world)
  const windows = rules
    .filter(({ most }) => most !== null)
    .map(({ ms, most, isDropped }) => ({
      ms,
      most,
      isDropped,
      window: windowOf(world, `${counter} ${ms}`, at, ms),
    }))
  if (windows.some(({ window }) => at < window.blockedUntil)) return false
  const full = windows.filter(({ window, most }) => window.used + weight > (most ?? Infinity))
  for (const { window, ms, isDropped } of full)
    if (!isDropped) window.blockedUntil = penaltyEnd(at, ms)
  if (full.length > 0) return false
  for (const { window } of windows) window.used += weight
  return true
}

function windowOf(world: World, key: string, at: number, ms: number) {
  const { windows } = world.platform
  let window = windows.get(key)
  if (!window) {
    // Windows of addresses and methods that are long over would stay for ever.
    if (windows.size > 20_000) dropOld(world, at)
    window = { start: beginOf(at, ms), used: 0, blockedUntil: 0 }
    windows.set(key, window)
  } else if (window.blockedUntil > 0 ? at >= window.blockedUntil : at >= window.start + ms) {
    Object.assign(window, { start: beginOf(at, ms), used: 0, blockedUntil: 0 })
  }
  return window
}

function beginOf(at: number, ms: number): number {
  return ms === day ? at - ((at + 8 * hour) % day) : at
}

function dropOld(world: World, at: number) {
  for (const [key, { start, blockedUntil }] of world.platform.windows)
    if (at - start > day && at >= blockedUntil) world.platform.windows.delete(key)
}

/** WW-90312: "not counted in the base frequency" and "not limited". */
const uncounted = new Set(['/cgi-bin/message/send', '/cgi-bin/auth/getuserinfo'])

/**
 * The base frequency of WW-90312: for each API by corp and by address. Throws the platform's
 * refusal.
 */
export function checkBaseFrequency(world: World, call: Upstream) {
  const { perMinute, perHour } = world.platform.limits[call.service]
  if (call.service === 'wechat') {
    if (perMinute === null && perHour === null) return
    if (!countWithin(world, `wechat ${call.path}`, [{ ms: minute, most: perMinute }]))
      throw new Refusal(45011, 'api minute-quota reach limit, must slower, retry next minute')
    if (!countWithin(world, `wechat ${call.path}`, [{ ms: hour, most: perHour }]))
      throw new Refusal(45009, 'reach max api daily quota limit')
    return
  }
  if (uncounted.has(call.path)) return
  const isCounted =
    // An address may do twice as much a minute and four times as much an hour: 20,000 and 600,000.
    countWithin(world, `ip ${call.ip} ${call.path}`, [
      { ms: minute, most: perMinute && perMinute * 2 },
      { ms: hour, most: perHour && perHour * 4 },
    ]) &&
    countWithin(world, `corp ${world.scene.corp.id} ${call.path}`, [
      { ms: minute, most: perMinute },
      { ms: hour, most: perHour },
    ])
  if (!isCounted) throw new Refusal(45009, 'api freq out of limit')
}

/** The busiest methods of the last hour. */
export function baseMeters(world: World): Meter[] {
  const { perMinute, perHour } = world.platform.limits.wecom
  const most: Record<string, number | null> = { [minute]: perMinute, [hour]: perHour }
  const at = now(world)
  return [...world.platform.windows]
    .flatMap(([key, { used, start }]) => {
      const [kind, , path, ms] = key.split(' ')
      const limit = most[ms ?? '']
      if (
        kind !== 'corp' ||
        limit === null ||
        limit === undefined ||
        used === 0 ||
        at >= start + Number(ms)
      )
        return []
      return [
        {
          title: `${path} / ${Number(ms) === minute ? 'min' : 'h'}`,
          used,
          most: limit,
          window: Number(ms) / 1000,
        },
      ]
    })
    .toSorted((left, right) => right.used / right.most - left.used / left.most)
    .slice(0, 40)
}

/** How much of a counter's window is used. */
export function usedWithin(world: World, counter: string, ms: number): number {
  const window = world.platform.windows.get(`${counter} ${ms}`)
  return window && now(world) < window.start + ms ? window.used : 0
}
