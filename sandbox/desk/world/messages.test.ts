import { expect, test } from 'vitest'
import { linyue, message } from '../testing/scene.ts'
import { texts } from '../text.ts'
import { chatTime, fileSize, listTime, preview, rowsOf } from './messages.ts'

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
  const now = new Date(2026, 10, 21, 16, 30)
  const at = (...parts: [number, number, number, number, number]) =>
    new Date(...parts).toISOString()
  expect(listTime(at(2026, 10, 21, 9, 5), now, texts.zh)).toBe('09:05')
  expect(listTime(at(2026, 10, 20, 23, 59), now, texts.zh)).toBe('昨天')
  expect(listTime(at(2026, 10, 18, 9, 5), now, texts.zh)).toBe('星期三')
  expect(listTime(at(2026, 10, 1, 9, 5), now, texts.zh)).toBe('11月1日')
  expect(listTime(at(2025, 10, 1, 9, 5), now, texts.zh)).toBe('2025年11月1日')
  expect(chatTime(at(2026, 10, 20, 23, 59), now, texts.zh)).toBe('昨天 23:59')
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
