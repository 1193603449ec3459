import { afterEach, expect, test, vi } from 'vitest'
import { linyue, message } from '../testing/scene.ts'
import { texts } from '../text.ts'
import { chatTime, fileSize, fullTime, listTime, preview, rowsOf } from './messages.ts'

afterEach(() => void vi.unstubAllEnvs())

const minute = (at: number) =>
  message(linyue, new Date(Date.UTC(2026, 10, 21, 8, at)).toISOString())

test('messages stand oldest first, and only the newest are drawn', () => {
  const all = [minute(0), minute(1), minute(2)]
  const { rows, earlier } = rowsOf(all, 2)
  expect(rows.map((row) => row.message)).toEqual(all.slice(1))
  expect(earlier).toBe(1)
})

test('the time stands above the first message and after a pause of more than five minutes', () => {
  const { rows } = rowsOf([minute(0), minute(5), minute(11)], 200)
  expect(rows.map((row) => row.timeAbove)).toEqual([true, false, true])
})

test('times are told the way the clients tell them', () => {
  const now = new Date('2026-11-21T08:30:00.000Z')
  /** A time of day in China. */
  const at = (year: number, month: number, day: number, hour: number, minute: number) =>
    new Date(Date.UTC(year, month, day, hour - 8, minute)).toISOString()
  expect(listTime(at(2026, 10, 21, 9, 5), now, texts.zh)).toBe('09:05')
  expect(listTime(at(2026, 10, 20, 23, 59), now, texts.zh)).toBe('昨天')
  expect(listTime(at(2026, 10, 18, 9, 5), now, texts.zh)).toBe('星期三')
  expect(listTime(at(2026, 10, 1, 9, 5), now, texts.zh)).toBe('11月1日')
  expect(listTime(at(2025, 10, 1, 9, 5), now, texts.zh)).toBe('2025年11月1日')
  expect(chatTime(at(2026, 10, 20, 23, 59), now, texts.zh)).toBe('昨天 23:59')
  expect(listTime(at(2026, 10, 18, 9, 5), now, texts.en)).toBe('Wednesday')
  expect(fullTime(now, texts.zh)).toBe('2026/11/21 16:30:00')
})

test('the clocks of the sandbox show Chinese time to a developer in New York', () => {
  vi.stubEnv('TZ', 'America/New_York')
  expect(new Date('2026-12-31T16:00:00.000Z').getHours()).toBe(11)
  const now = new Date('2026-12-31T16:00:00.000Z')
  expect(fullTime(now, texts.zh)).toBe('2027/1/1 00:00:00')
  expect(chatTime('2026-12-31T15:59:00.000Z', now, texts.zh)).toBe('昨天 23:59')
  expect(listTime('2026-12-20T15:59:00.000Z', now, texts.zh)).toBe('2026年12月20日')
  // New York skips 2:00 to 3:00 on this day; China does not.
  expect(fullTime(new Date('2026-03-07T18:30:00.000Z'), texts.en)).toBe('08/03/2026, 02:30:00')
})

test('a list names what is not text', () => {
  const card = {
    kind: 'miniprogram',
    appid: 'wx',
    appName: 'a',
    title: '案例',
    imgUrl: '',
    page: 'p',
  } as const
  expect(preview(message(linyue, '2026-11-21T08:00:00.000Z', card), texts.zh)).toBe('[小程序] 案例')
  expect(
    preview(
      message(linyue, '2026-11-21T08:00:00.000Z', { kind: 'text', text: '两\n行' }),
      texts.zh,
    ),
  ).toBe('两 行')
})

test('sizes are short', () => {
  expect([0, 900, 2048, 1_887_437].map(fileSize)).toEqual(['0 B', '900 B', '2 KB', '1.8 MB'])
})
