import fc from 'fast-check'
import { expect, test } from 'vitest'
import { moved, tileAddress, tilesAround, toDegrees, toPixels } from './mercator.ts'

const place = fc.record({
  latitude: fc.double({ min: -84, max: 84, noNaN: true }),
  longitude: fc.double({ min: -179.9, max: 179.9, noNaN: true }),
})

test('there and back is the same place', () => {
  fc.assert(
    fc.property(place, fc.integer({ min: 4, max: 18 }), (degrees, zoom) => {
      const back = toDegrees(toPixels(degrees, zoom), zoom)
      expect(back.latitude).toBeCloseTo(degrees.latitude, 6)
      expect(back.longitude).toBeCloseTo(degrees.longitude, 6)
    }),
  )
})

test('dragging the map to the left goes east, dragging it down goes north', () => {
  const start = { latitude: 31.23, longitude: 121.47 }
  expect(moved(start, -100, 0, 15).longitude).toBeGreaterThan(start.longitude)
  expect(moved(start, 0, 100, 15).latitude).toBeGreaterThan(start.latitude)
})

test('the tiles cover the whole pane, without gaps, also across the date line', () => {
  fc.assert(
    fc.property(place, (middle) => {
      const tiles = tilesAround(middle, 10, 375, 320)
      expect(Math.min(...tiles.map((tile) => tile.left))).toBeLessThanOrEqual(1)
      expect(Math.max(...tiles.map((tile) => tile.left + 256))).toBeGreaterThanOrEqual(374)
      expect(tiles.every((tile) => tile.x >= 0 && tile.x < 1024)).toBe(true)
      expect(new Set(tiles.map((tile) => tile.key)).size).toBe(tiles.length)
    }),
  )
})

test('the tile of a known place', () => {
  const tiles = tilesAround({ latitude: 31.2304, longitude: 121.4737 }, 12, 1, 1)
  expect(tiles.map((tile) => tileAddress('/map/{z}/{x}/{y}.svg', 12, tile))).toEqual([
    '/map/12/3430/1673.svg',
  ])
})
