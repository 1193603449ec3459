import { expect, test } from 'vitest'
import { pageOf, pathOf } from './mini-page.ts'
import { metresPerPixel, moved, typedPosition } from './position.ts'

const here = { latitude: 31.3, longitude: 120.6, accuracy: 30 }

test('a hundred metres north or east are a hundred metres', () => {
  expect(moved(here, 100, 0).latitude).toBeCloseTo(31.300898, 5)
  expect(moved(here, 0, 100).longitude).toBeCloseTo(120.601051, 5)
})

test('nothing leaves the earth: the pole holds, and beyond the date line the other side begins', () => {
  expect(moved({ ...here, latitude: 89.9999 }, 100_000, 0).latitude).toBe(90)
  expect(moved({ ...here, latitude: 0, longitude: 179.9999 }, 0, 100).longitude).toBeCloseTo(
    -179.999202,
    5,
  )
})

test('a pixel of the map is half as wide one step closer, and narrower in the north', () => {
  expect(metresPerPixel(0, 15)).toBeCloseTo(4.777, 2)
  expect(metresPerPixel(0, 16)).toBeCloseTo(metresPerPixel(0, 15) / 2, 6)
  expect(metresPerPixel(60, 15)).toBeCloseTo(metresPerPixel(0, 15) / 2, 6)
})

test('only a place on earth is a position', () => {
  expect(typedPosition('31.3', '120.6', '30')).toEqual(here)
  for (const [latitude, longitude, accuracy] of [
    ['91', '0', '1'],
    ['0', '181', '1'],
    ['0', '0', '0'],
    ['', '0', '1'],
    ['x', '0', '1'],
    ['0', '0', 'Infinity'],
  ] as const) {
    expect(typedPosition(latitude, longitude, accuracy)).toBeNull()
  }
})

test('the page of a mini program is read from a card and from an address', () => {
  expect(pathOf('pages/material/index.html?share=1')).toBe('pages/material/index')
  expect(pageOf('http://localhost:3101/h5/?ticket=1#/pages/material/index?share=1')).toBe(
    'pages/material/index',
  )
  expect(pageOf('http://localhost:3101/auth/wechat?to=x')).toBeNull()
})
