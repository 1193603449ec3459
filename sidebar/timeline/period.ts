import { dayOf, shortDate, startOfDay } from '../../shared/text/time.ts'
import type { SidebarLaterText } from '../../shared/text/zh-CN/sidebar-later.ts'
import type { TimeWords } from '../../shared/text/zh-CN/time.ts'
import type { Period, PeriodChoice } from './wanted.ts'

/** In the form of a date input: 2026-11-21, or empty. */
export interface Dates {
  first: string
  last: string
}

const daysOf = { today: 1, week: 7, month: 30 }

/**
 * Returns a period of whole days of the corp. Dates in the wrong order are swapped; without any
 * there is no period.
 */
export function periodOf(choice: PeriodChoice, now: number, dates: Dates): Period | undefined {
  if (choice !== 'dates') return { choice, from: startOfDay(dayOf(now), 1 - daysOf[choice]) }
  // While a year is typed, the input reports dates such as 0002-11-03.
  const [first, last] = [dates.first, dates.last].map((date) =>
    /^[12]\d{3}-/.test(date) ? date : '',
  )
  if (!first && !last) return undefined
  const [from, to] = first && last && first > last ? [last, first] : [first, last]
  return {
    choice,
    from: from ? startOfDay(from) : undefined,
    to: to ? startOfDay(to, 1) : undefined,
  }
}

/** Returns the values of the date inputs for a period. */
export function datesOf(period: Period | undefined): Dates {
  if (period?.choice !== 'dates') return { first: '', last: '' }
  return {
    first: period.from ? dayOf(period.from) : '',
    last: period.to ? dayOf(lastBefore(period.to)) : '',
  }
}

/** «近 7 天», «11月1日 – 11月5日», «11月1日起» */
export function periodName(
  { choice, from, to }: Period,
  words: SidebarLaterText['filters'],
  times: TimeWords,
  now: number,
): string {
  if (choice !== 'dates') return words.periods[choice]
  const first = from && shortDate(from, times, now)
  const last = to && shortDate(lastBefore(to), times, now)
  if (first && last) return first === last ? first : words.between(first, last)
  return first ? words.since(first) : words.until(last ?? '')
}

/** Returns an instant of the last day of a period that ends before `to`. */
function lastBefore(to: string): number {
  return Date.parse(to) - 1
}
