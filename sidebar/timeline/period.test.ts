import { describe, expect, it } from 'vitest'
import { sidebarLater as words } from '../../shared/text/zh-CN/sidebar-later.ts'
import { datesOf, periodName, periodOf } from './period.ts'

/** Local times: the rep's day is meant, wherever the rep is. */
const now = new Date(2026, 10, 21, 16, 30).getTime()
const local = (month: number, day: number) => new Date(2026, month - 1, day).toISOString()
const none = { first: '', last: '' }
const name = (first: string, last: string) => {
  const period = periodOf('dates', now, { first, last })
  return period && periodName(period, words.filters, 'zh-CN', now)
}

describe('the period of a timeline', () => {
  it('is whole days, today included, and open towards what is still to come', () => {
    expect(periodOf('today', now, none)).toEqual({ choice: 'today', from: local(11, 21) })
    expect(periodOf('week', now, none)).toEqual({ choice: 'week', from: local(11, 15) })
    expect(periodOf('month', now, none)).toEqual({ choice: 'month', from: local(10, 23) })
  })

  it('holds both of the chosen days, in whichever order they were chosen', () => {
    const wanted = { choice: 'dates', from: local(11, 3), to: local(11, 6) }
    expect(periodOf('dates', now, { first: '2026-11-03', last: '2026-11-05' })).toEqual(wanted)
    expect(periodOf('dates', now, { first: '2026-11-05', last: '2026-11-03' })).toEqual(wanted)
  })

  it('is none without a date, or with half a year that is still being typed', () => {
    expect(periodOf('dates', now, none)).toBeUndefined()
    expect(periodOf('dates', now, { first: '0002-11-03', last: '' })).toBeUndefined()
  })

  it('is named as the rep chose it, and can be chosen again', () => {
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
