import type { SidebarText } from '../../shared/text/zh-CN/sidebar.ts'
import type { Locale } from './words.ts'

type TimeWords = SidebarText['time']

const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(locale, options)))
  return made
}

/** 14:05 */
export function clockTime(at: string, locale: Locale): string {
  return format(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    new Date(at),
  )
}

function dateText(
  at: string,
  locale: Locale,
  now: number,
  more: Intl.DateTimeFormatOptions,
): string {
  const date = new Date(at)
  const thisYear = date.getFullYear() === new Date(now).getFullYear()
  return format(locale, {
    month: 'short',
    day: 'numeric',
    ...(!thisYear && { year: 'numeric' }),
    ...more,
  }).format(date)
}

/** 11月21日, with the year when it is not this one. */
export function shortDate(at: string, locale: Locale, now: number): string {
  return dateText(at, locale, now, {})
}

/** 11月21日周六 */
export function dayName(at: string, locale: Locale, now: number): string {
  return dateText(at, locale, now, { weekday: 'short' })
}

/** 11月21日 14:05 */
export function dateAndTime(at: string, locale: Locale, now: number): string {
  return `${shortDate(at, locale, now)} ${clockTime(at, locale)}`
}

/** The local calendar day as a number that can be compared: 20261121. */
export function dayOf(at: string | number): number {
  const date = new Date(at)
  return date.getFullYear() * 10_000 + (date.getMonth() + 1) * 100 + date.getDate()
}

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
  const parts =
    whole >= 3600
      ? [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
      : [Math.floor(whole / 60), whole % 60]
  return parts
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0')))
    .join(':')
}

/** 2.4 MB */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

/** 刚刚, 5 分钟前, 14:05, 11月21日 */
export function ago(at: string, locale: Locale, words: TimeWords, now: number): string {
  const minutes = Math.floor((now - Date.parse(at)) / 60_000)
  if (minutes < 1) return words.now
  if (minutes < 60) return words.minutes(minutes)
  return dayOf(at) === dayOf(now) ? clockTime(at, locale) : shortDate(at, locale, now)
}
