import { expect, test } from 'vitest'
import { toGcj02 } from './gcj02.ts'

function metres(
  from: { latitude: number; longitude: number },
  to: { latitude: number; longitude: number },
): number {
  const north = (to.latitude - from.latitude) * 111_320
  const east = (to.longitude - from.longitude) * 111_320 * Math.cos((from.latitude * Math.PI) / 180)
  return Math.hypot(north, east)
}

test('Tiananmen and the Bund land where the maps have them', () => {
  // Pairs from the published description of the datum.
  expect(
    metres(toGcj02(39.90734, 116.39123), { latitude: 39.90875, longitude: 116.39747 }),
  ).toBeLessThan(20)
  expect(
    metres(toGcj02(31.23775, 121.48611), { latitude: 31.23577, longitude: 121.49063 }),
  ).toBeLessThan(20)
})

test('within China the shift is some hundred metres, outside there is none', () => {
  for (const [latitude, longitude] of [
    [31.2304, 121.4737],
    [22.5431, 114.0579],
    [43.8256, 87.6168],
  ] as const) {
    const shift = metres({ latitude, longitude }, toGcj02(latitude, longitude))
    expect(shift).toBeGreaterThan(100)
    expect(shift).toBeLessThan(1000)
  }
  expect(toGcj02(52.52, 13.405)).toEqual({ latitude: 52.52, longitude: 13.405 })
})
