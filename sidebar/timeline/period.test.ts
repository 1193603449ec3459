import { describe, expect, it } from 'vitest'
import { inZone } from '../../shared/testing/zone.ts'
import { sidebarLater as words } from '../../shared/text/zh-CN/sidebar-later.ts'
import { time } from '../../shared/text/zh-CN/time.ts'
import { datesOf, periodName, periodOf } from './period.ts'

/** 16:30 in Shanghai. The corp's day counts, independent of the rep's place. */
const now = Date.parse('2026-11-21T08:30:00.000Z')
const midnight = (month: number, day: number) =>
  new Date(Date.UTC(2026, month - 1, day, -8)).toISOString()
const none = { first: '', last: '' }
const name = (first: string, last: string) => {
  const period = periodOf('dates', now, { first, last })
  return period && periodName(period, words.filters, time, now)
}

describe.each(['America/New_York', 'Asia/Shanghai'])('the period of a timeline in %s', (zone) => {
  const here = (name: string, test: () => void) => it(name, () => inZone(zone, test))

  here('is whole days, today included, and open towards what is still to come', () => {
    expect(periodOf('today', now, none)).toEqual({ choice: 'today', from: midnight(11, 21) })
    expect(periodOf('week', now, none)).toEqual({ choice: 'week', from: midnight(11, 15) })
    expect(periodOf('month', now, none)).toEqual({ choice: 'month', from: midnight(10, 23) })
  })

  here('begins with the corp’s day, be it one minute old', () => {
    const late = Date.parse('2026-11-21T15:59:00.000Z')
    expect(periodOf('today', late, none)?.from).toBe(midnight(11, 21))
    expect(periodOf('today', late + 60_000, none)?.from).toBe(midnight(11, 22))
  })

  here('holds both of the chosen days, in whichever order they were chosen', () => {
    const wanted = { choice: 'dates', from: midnight(11, 3), to: midnight(11, 6) }
    expect(periodOf('dates', now, { first: '2026-11-03', last: '2026-11-05' })).toEqual(wanted)
    expect(periodOf('dates', now, { first: '2026-11-05', last: '2026-11-03' })).toEqual(wanted)
  })

  here('is none without a date, or with half a year that is still being typed', () => {
    expect(periodOf('dates', now, none)).toBeUndefined()
    expect(periodOf('dates', now, { first: '0002-11-03', last: '' })).toBeUndefined()
  })

  here('is named as the rep chose it, and can be chosen again', () => {
    expect(name('2026-11-03', '2026-11-05')).toBe('11月3日 – 11月5日')
    expect(name('2026-11-03', '2026-11-03')).toBe('11月3日')
    expect(name('2026-11-03', '')).toBe('11月3日 起')
    expect(name('', '2026-11-05')).toBe('截至 11月5日')
    expect(datesOf(periodOf('dates', now, { first: '2026-11-03', last: '2026-11-05' }))).toEqual({
      first: '2026-11-03',
      last: '2026-11-05',
    })
  })
})
