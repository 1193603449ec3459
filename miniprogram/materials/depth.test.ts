import { expect, test } from 'vitest'
import { pageReached, percentRead, secondReached } from './depth.ts'

test('a text that fits the window is read when it is open; a long one as far as it was scrolled', () => {
  expect(percentRead({ top: 100, height: 300 }, 600)).toMatchObject({ reached: 100 })
  expect(percentRead({ top: 100, height: 2000 }, 600)).toMatchObject({ reached: 25 })
  expect(percentRead({ top: -1400, height: 2000 }, 600)).toMatchObject({ reached: 100 })
  expect(percentRead({ top: 900, height: 2000 }, 600)).toMatchObject({ reached: 0 })
})

test('a page counts when its middle is on screen, for pages of different shapes', () => {
  const pages = [
    { width: 100, height: 100 },
    { width: 100, height: 200 },
    { width: 100, height: 100 },
  ]
  const at = (top: number) => pageReached({ top, width: 300 }, 600, pages, 10)
  expect(at(500)).toBe(1)
  expect(at(0)).toBe(1)
  expect(at(-20)).toBe(2)
  expect(at(-900)).toBe(3)
})

test('a video is never watched beyond its end', () => {
  expect(secondReached(96.3, 96.04)).toEqual({ unit: 'second', reached: 96, total: 96 })
  expect(secondReached(-1, 96)).toMatchObject({ reached: 0 })
})
