import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inZone } from '../testing/zone.ts'
import { time as english } from './en/time.ts'
import {
  ago,
  clockTime,
  dateAndTime,
  dayOf,
  dayTitle,
  duration,
  instantAt,
  shortDate,
  startOfDay,
  videoTime,
} from './time.ts'
import { time as chinese } from './zh-CN/time.ts'

/** 2026-11-21, 16:30 in Shanghai. */
const now = Date.parse('2026-11-21T08:30:00.000Z')

// A server in UTC, a browser in New York, a phone at home, and zones that are far from all of them.
describe.each(['UTC', 'America/New_York', 'Asia/Shanghai', 'Pacific/Kiritimati'])(
  'in %s',
  (zone) => {
    const here = (name: string, test: () => void) => it(name, () => inZone(zone, test))

    here('the day is the corp’s, from 00:00 to 23:59', () => {
      expect([dayOf('2026-11-20T16:00:00.000Z'), clockTime('2026-11-20T16:00:00.000Z')]).toEqual([
        '2026-11-21',
        '00:00',
      ])
      expect([dayOf('2026-11-21T15:59:59.999Z'), clockTime('2026-11-21T15:59:59.999Z')]).toEqual([
        '2026-11-21',
        '23:59',
      ])
      expect(startOfDay('2026-11-21')).toBe('2026-11-20T16:00:00.000Z')
      expect(startOfDay('2026-11-21', 1)).toBe('2026-11-21T16:00:00.000Z')
      expect(startOfDay('2026-03-01', -1)).toBe('2026-02-27T16:00:00.000Z')
    })

    here('the year is the corp’s too', () => {
      const eve = '2026-12-31T15:59:00.000Z'
      const newYear = '2026-12-31T16:00:00.000Z'
      const justAfter = Date.parse('2026-12-31T16:05:00.000Z')
      expect(shortDate(newYear, chinese, justAfter)).toBe('1月1日')
      expect(shortDate(eve, chinese, justAfter)).toBe('2026年12月31日')
      expect(dateAndTime(eve, english, justAfter)).toBe('Dec 31, 2026 23:59')
      expect(dayTitle(newYear, chinese, justAfter)).toBe('今天 · 1月1日周五')
      expect(dayTitle(eve, english, justAfter)).toBe('Yesterday · Thu, Dec 31, 2026')
      expect(dayTitle('2026-12-30T15:59:00.000Z', chinese, justAfter)).toBe('2026年12月30日周三')
    })

    here('what is typed is meant where the corp is', () => {
      expect(instantAt('2026-11-21', '09:00')).toBe('2026-11-21T01:00:00.000Z')
      expect(instantAt('2027-01-01', '00:00')).toBe('2026-12-31T16:00:00.000Z')
    })

    here('an hour that the machine’s own zone skips or repeats is none of ours', () => {
      // New York goes from 2:00 to 3:00 on March 8, and from 2:00 back to 1:00 on November 1.
      for (const day of ['2026-03-08', '2026-11-01'])
        for (const clock of ['00:30', '01:30', '02:30', '03:30', '14:30', '15:30']) {
          const at = instantAt(day, clock)
          expect([dayOf(at), clockTime(at)]).toEqual([day, clock])
        }
    })

    here('agrees with the tables of zones at any instant', () => {
      const table = new Intl.DateTimeFormat('sv-SE', {
        timeZone: 'Asia/Shanghai',
        dateStyle: 'short',
        timeStyle: 'short',
      })
      fc.assert(
        fc.property(
          fc.date({
            min: new Date('1992-01-01'),
            max: new Date('2100-01-01'),
            noInvalidDate: true,
          }),
          (date) => {
            const at = date.toISOString()
            expect(`${dayOf(at)} ${clockTime(at)}`).toBe(table.format(date))
            expect(startOfDay(dayOf(at)) <= at && at < startOfDay(dayOf(at), 1)).toBe(true)
            expect(Date.parse(instantAt(dayOf(at), clockTime(at)))).toBe(
              Math.floor(date.getTime() / 60_000) * 60_000,
            )
          },
        ),
      )
    })
  },
)

describe('how long ago', () => {
  const before = (ms: number) => new Date(now - ms).toISOString()
  const said = (ms: number, words = chinese) => ago(before(ms), words, now)
  const minute = 60_000
  const hour = 60 * minute

  it('is relative up to a day, then a date', () => {
    expect(said(59_999)).toBe('刚刚')
    expect(said(minute)).toBe('1 分钟前')
    expect(said(5.9 * minute)).toBe('5 分钟前')
    expect(said(hour - 1)).toBe('59 分钟前')
    expect(said(hour)).toBe('1 小时前')
    expect(said(2 * hour - 1)).toBe('1 小时前')
    expect(said(24 * hour - 1)).toBe('23 小时前')
    expect(said(24 * hour)).toBe('11月20日')
    expect(said(365 * 24 * hour)).toBe('2025年11月21日')
    expect(ago(before(24 * hour), chinese, now, dateAndTime)).toBe('11月20日 16:30')
  })

  it('is said in English too', () => {
    const inEnglish = [1, minute, 5 * minute, hour, 3 * hour, 24 * hour].map((ms) =>
      said(ms, english),
    )
    expect(inEnglish).toEqual([
      'just now',
      'a minute ago',
      '5 minutes ago',
      'an hour ago',
      '3 hours ago',
      'Nov 20',
    ])
  })

  it('takes what a fast clock reports for now', () => {
    expect(said(-5 * minute)).toBe('刚刚')
  })
})

describe('how long', () => {
  it('is said in the two largest units', () => {
    expect([0, 42.4, 60, 102, 3600, 3900, 86_400].map((one) => duration(one, chinese))).toEqual([
      '0秒',
      '42秒',
      '1分钟',
      '1分42秒',
      '1小时',
      '1小时5分',
      '24小时',
    ])
    expect([42, 102, 3900].map((one) => duration(one, english))).toEqual([
      '42 s',
      '1 min 42 s',
      '1 h 5 min',
    ])
  })

  it('stands in a video as its player has it', () => {
    expect([0, 9, 102, 3725, 86_400].map(videoTime)).toEqual([
      '0:00',
      '0:09',
      '1:42',
      '1:02:05',
      '24:00:00',
    ])
  })
})
