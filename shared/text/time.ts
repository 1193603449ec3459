// Times as people read and type them, in the corp's zone, whatever zone the machine is in. An
// instant that goes in or out is a contract's (UTC, ISO 8601); `now` is in milliseconds.
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
 * How many minutes the corp's clocks are ahead of UTC. China has one zone and no summer time.
 * WeChat's `Intl` is not the same on every phone, so no table of zones is asked.
 */
const corpOffset = 8 * 60

/**
 * What a clock on the corp's wall shows, as a dayjs in UTC. dayjs's own `utcOffset()` passes
 * through the machine's zone and is an hour wrong where that zone skips an hour.
 */
function wall(at: string | number): Dayjs {
  return dayjs.utc(at).add(corpOffset, 'minute')
}

/** The instant at which the corp's clocks show it. */
function instantOf(shown: Dayjs): string {
  return shown.subtract(corpOffset, 'minute').toISOString()
}

/** 14:05 */
export function clockTime(at: string | number): string {
  return wall(at).format('HH:mm')
}

/** The corp's calendar day, as date inputs and pickers have it: 2026-11-21. */
export function dayOf(at: string | number): string {
  return wall(at).format('YYYY-MM-DD')
}

/** The first instant of a day that is written as `dayOf` writes it, or of one some days later. */
export function startOfDay(day: string, daysLater = 0): string {
  return instantOf(dayjs.utc(day).add(daysLater, 'day'))
}

/** The instant that somebody chose: `2026-11-21` and `09:00`. */
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

/** 今天 · 11月21日周六: the heading of a day. */
export function dayTitle(at: string, words: TimeWords, now: number): string {
  const { day, dayOfYear } = words.formats
  const name = inWords(at, words, isThisYear(at, now) ? day : dayOfYear)
  const daysBack = wall(now).startOf('day').diff(wall(at).startOf('day'), 'day')
  if (daysBack === 0) return words.today(name)
  return daysBack === 1 ? words.yesterday(name) : name
}

/**
 * Relative up to a day, then what `later` makes of it: 刚刚, 5 分钟前, 3 小时前, 11月20日. A time
 * ahead of `now` comes from a clock that is a little fast, and is «刚刚».
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

// Lengths are no points in time, and dayjs's durations count 24 hours as a day and no hours.

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
