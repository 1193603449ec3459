import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { comparableNumbers, dialledNumber, readPhone } from './phone-number.ts'

const mobile = '8613812340017'

test.each([
  ['13812340017', mobile],
  ['138 1234 0017', mobile],
  ['138-1234-0017', mobile],
  ['138.1234.0017', mobile],
  ['１３８１２３４００１７', mobile],
  ['\u202a+86 138‑1234‑0017\u202c', mobile],
  ['138\u200b1234\u200b0017\u00a0', mobile],
  ['＋８６　１３８１２３４００１７', mobile],
  ['(+86)13812340017', mobile],
  ['（０８６）', undefined],
  ['86-13812340017', mobile],
  ['8613812340017', mobile],
  ['0086 13812340017', mobile],
  ['手机：138 1234 0017', mobile],
  ['Tel. +86 138 1234 0017', mobile],
  ['+86 0571-8888 8888', '8657188888888'],
  ['+86 (0)571 8888 8888', '8657188888888'],
  ['+852 6123 4567', '85261234567'],
  ['00852-6123 4567', '85261234567'],
  ['+1 (415) 555-0100', '14155550100'],
  ['+44 (0)20 7946 0958', '442079460958'],
  // Who sits behind these is not certain.
  ['021-6234 5678', undefined],
  ['0571-8888 8888 转 123', undefined],
  ['+8613812340017 ext. 8', undefined],
  ['+86 138 1234 001', undefined],
  ['400-820-8820', undefined],
  ['12345', undefined],
  ['', undefined],
  ['\u200b', undefined],
])('“%s” is compared as %s', (typed, value) => {
  expect(readPhone(typed)?.international).toBe(value)
})

test.each([
  ['0571-8888 8888 转 123', '057188888888,123'],
  ['0571-88888888转分机：8', '057188888888,8'],
  ['(0571) 8888 8888 ext. 8', '057188888888,8'],
  ['021-62345678#12', '02162345678,12'],
  ['021-62345678-x12', '02162345678,12'],
  ['400-820-8820，3', '4008208820,3'],
  ['400 820 8820', '4008208820'],
  ['\u202d+86 138\u00ad1234 0017\u202c', '+8613812340017'],
  ['+44 (0)20 7946 0958', '+442079460958'],
])('“%s” is dialled as %s', (typed, dialled) => {
  expect(readPhone(typed)?.dialled).toBe(dialled)
})

describe('a number', () => {
  it('is shown as it was typed, in plain characters', () => {
    expect(readPhone('\u202a１３８ 1234–0017\u200b\u202c')?.shown).toBe('138 1234-0017')
    expect(readPhone('0571-8888 8888　转 123')?.shown).toBe('0571-8888 8888 转 123')
  })

  it.each([
    '王工',
    '138',
    '13812340017 13912340018',
    '+',
    '1'.repeat(18),
    'abc 123456',
    '12+345678',
  ])('is not “%s”', (typed) => {
    expect(readPhone(typed)).toBeNull()
  })

  it('is one among several of a remark', () => {
    expect(comparableNumbers('138 1234 0017 / ０１３９')).toEqual([mobile])
    expect(comparableNumbers('13812340017、13912340018')).toEqual([mobile, '8613912340018'])
    expect(comparableNumbers('021-6234 5678')).toEqual([])
    expect(comparableNumbers('王工')).toEqual([])
  })

  it('can be dialled whatever stands there, and reading never fails', () => {
    expect(dialledNumber('内线 8')).toBe('内线 8')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        const read = readPhone(typed)
        if (read) expect(read.dialled).toMatch(/^\+?\d{6,17}(?:,\d{1,6})?$/)
      }),
    )
  })

  it('is read alike with anything invisible in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('', '\u200b', '\u202a', '\u00ad', '\ufeff'), {
          minLength: 12,
          maxLength: 12,
        }),
        (between) => {
          const typed = between.map((one, at) => one + ('13812340017'[at] ?? '')).join('')
          expect(readPhone(typed)?.international).toBe(mobile)
        },
      ),
    )
  })
})
