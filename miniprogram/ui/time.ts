import { text } from '../bridge/text.ts'

/** By hand: not every WeChat client has `Intl`. */
export function clockTime(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** `今天 14:05`, `昨天 09:30`, `11月3日 08:00`, `2025年11月3日`. */
export function friendlyTime(iso: string, now = new Date()): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  const days = Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000)
  if (days === 0 && Math.abs(now.getTime() - date.getTime()) < 60_000) return text.time.justNow
  if (days === 0) return `${text.time.today} ${clockTime(date)}`
  if (days === 1) return `${text.time.yesterday} ${clockTime(date)}`
  if (date.getFullYear() === now.getFullYear())
    return `${text.time.monthDay(date.getMonth() + 1, date.getDate())} ${clockTime(date)}`
  return text.time.full(date.getFullYear(), date.getMonth() + 1, date.getDate())
}

/** `2026-11-21`, as pickers want it, in the phone's own time zone. */
export function pickerDate(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
