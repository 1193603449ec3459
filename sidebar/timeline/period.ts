import type { SidebarLaterText } from '../../shared/text/zh-CN/sidebar-later.ts'
import { shortDate } from '../ui/format.ts'
import type { Locale } from '../ui/words.ts'
import type { Period, PeriodChoice } from './wanted.ts'

/** As a date input has them: 2026-11-21, or empty. */
export interface Dates {
  first: string
  last: string
}

const daysOf = { today: 1, week: 7, month: 30 }

/**
 * Whole days of the rep's own clock. Dates in the wrong order are put right; without any there is
 * no period.
 */
export function periodOf(choice: PeriodChoice, now: number, dates: Dates): Period | undefined {
  if (choice !== 'dates') return { choice, from: startOfDay(new Date(now), 1 - daysOf[choice]) }
  // Half a year that is being typed is a date too, of the first century.
  const [first, last] = [dates.first, dates.last].map((date) =>
    /^[12]\d{3}-/.test(date) ? date : '',
  )
  if (!first && !last) return undefined
  const [from, to] = first && last && first > last ? [last, first] : [first, last]
  return {
    choice,
    from: from ? startOfDay(dateOf(from)) : undefined,
    to: to ? startOfDay(dateOf(to), 1) : undefined,
  }
}

/** What the date inputs were. */
export function datesOf(period: Period | undefined): Dates {
  if (period?.choice !== 'dates') return { first: '', last: '' }
  return {
    first: period.from ? inputValue(new Date(period.from)) : '',
    last: period.to ? inputValue(lastDayBefore(period.to)) : '',
  }
}

/** «近 7 天», «11月1日 – 11月5日», «11月1日起» */
export function periodName(
  { choice, from, to }: Period,
  words: SidebarLaterText['filters'],
  locale: Locale,
  now: number,
): string {
  if (choice !== 'dates') return words.periods[choice]
  const first = from && shortDate(from, locale, now)
  const last = to && shortDate(lastDayBefore(to).toISOString(), locale, now)
  if (first && last) return first === last ? first : words.between(first, last)
  return first ? words.since(first) : words.until(last ?? '')
}

function startOfDay(date: Date, daysLater = 0): string {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater).toISOString()
}

/** Midnight here; a date without a time would be midnight in Greenwich. */
function dateOf(input: string): Date {
  return new Date(`${input}T00:00`)
}

function lastDayBefore(to: string): Date {
  return new Date(Date.parse(to) - 1)
}

function inputValue(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
