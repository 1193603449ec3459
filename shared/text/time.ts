// Times as people read and type them, in the corp's zone, in any zone of the machine. Instants in
// arguments and results are the contract's (UTC, ISO 8601); `now` is in milliseconds.
import dayjs, { type Dayjs } from 'dayjs'
import 'dayjs/locale/zh-cn.js'
import relativeTime from 'dayjs/plugin/relativeTime.js'
import utc from 'dayjs/plugin/utc.js'
import type { TimeWords } from './zh-CN/time.ts'

dayjs.extend(utc)
// Whole units, rounded down: after 119 minutes «1 小时前». By default dayjs rounds to the nearest.
dayjs.extend(relativeTime, {
  rounding: Math.floor,
  thresholds: [
    { l: 'm', r: 119, d: 'second' },
    { l: 'mm', r: 59, d: 'minute' },
    { l: 'h', r: 119 },
    { l: 'hh', r: 23, d: 'hour' },
  ],
})

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/**
 * How many minutes the corp's clocks are ahead of UTC. China has one zone and no summer time. We
 * use no table of zones, because WeChat's `Intl` differs between phones.
 */
const corpOffset = 8 * 60

/**
 * Returns the time on the corp's wall clock, as a dayjs in UTC. dayjs's own `utcOffset()` passes
 * through the machine's zone and is an hour wrong where that zone skips an hour.
 */
function wall(at: string | number): Dayjs {
  return dayjs.utc(at).add(corpOffset, 'minute')
}

/** Returns the instant at which the corp's clocks show this time. */
function instantOf(shown: Dayjs): string {
  return shown.subtract(corpOffset, 'minute').toISOString()
}

/** 14:05 */
export function clockTime(at: string | number): string {
  return wall(at).format('HH:mm')
}

/** Returns the corp's calendar day, as date inputs and pickers use it: 2026-11-21. */
export function dayOf(at: string | number): string {
  return wall(at).format('YYYY-MM-DD')
}

/**
 * Returns the first instant of a day, or of the day some days later. The day has the form of
 * `dayOf`.
 */
export function startOfDay(day: string, daysLater = 0): string {
  return instantOf(dayjs.utc(day).add(daysLater, 'day'))
}

/** Returns the chosen instant, from `2026-11-21` and `09:00`. */
export function instantAt(day: string, clock: string): string {
  return instantOf(dayjs.utc(`${day} ${clock}`))
}

/** 11月21日, with the year when it is not this one. */
export function shortDate(at: string | number, words: TimeWords, now: number): string {
  const { date, dateOfYear } = words.formats
  return inWords(at, words, isThisYear(at, now) ? date : dateOfYear)
}

/** 11月21日 14:05 */
export function dateAndTime(at: string | number, words: TimeWords, now: number): string {
  return `${shortDate(at, words, now)} ${clockTime(at)}`
}

/** Returns the heading of a day: 今天 · 11月21日周六. */
export function dayTitle(at: string, words: TimeWords, now: number): string {
  const { day, dayOfYear } = words.formats
  const name = inWords(at, words, isThisYear(at, now) ? day : dayOfYear)
  const daysBack = wall(now).startOf('day').diff(wall(at).startOf('day'), 'day')
  if (daysBack === 0) return words.today(name)
  return daysBack === 1 ? words.yesterday(name) : name
}

/**
 * Returns a relative time up to a day, then the form of `later`: 刚刚, 5 分钟前, 3 小时前,
 * 11月20日. A time ahead of `now` comes from a clock that is a little fast, and is «刚刚».
 */
export function ago(at: string | number, words: TimeWords, now: number, later = shortDate): string {
  const then = dayjs(at).locale(words.language)
  const passed = now - then.valueOf()
  if (passed < minuteMs) return words.now
  return passed < dayMs ? then.from(now) : later(at, words, now)
}

function inWords(at: string | number, words: TimeWords, format: string): string {
  return wall(at).locale(words.language).format(format)
}

function isThisYear(at: string | number, now: number): boolean {
  return wall(at).isSame(wall(now), 'year')
}

// Lengths are not points in time, and dayjs's durations count 24 hours as a day and no hours.

/** 42秒, 1分42秒, 1小时5分 */
export function duration(seconds: number, words: TimeWords): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return words.seconds(whole)
  if (whole < 3600) return words.minutesSeconds(Math.floor(whole / 60), whole % 60)
  return words.hoursMinutes(Math.floor(whole / 3600), Math.floor((whole % 3600) / 60))
}

/** A position in a video: 1:42, 1:02:05. */
export function videoTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const hours = Math.floor(whole / 3600)
  const rest = dayjs.utc(whole * 1000)
  return hours > 0 ? `${hours}:${rest.format('mm:ss')}` : rest.format('m:ss')
}
