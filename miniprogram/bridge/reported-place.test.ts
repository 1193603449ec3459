import { expect, test } from 'vitest'
import { placeWords, positionOf } from './reported-place.ts'

const at = { latitude: 31.2, longitude: 121.4 }

test.each([
  ['no accuracy', at, at],
  ['a fraction of a metre', { ...at, accuracy: 29.6 }, { ...at, accuracy: 30 }],
  ['-1', { ...at, accuracy: -1 }, at],
  ['NaN', { ...at, accuracy: NaN }, at],
  ['null', { ...at, accuracy: null }, at],
  ['65550 m', { ...at, accuracy: 65550 }, { ...at, accuracy: 65550 }],
  [
    'degrees as texts',
    { latitude: '31.2', longitude: '121.4', accuracy: '30' },
    { ...at, accuracy: 30 },
  ],
  ['the equator', { latitude: 0, longitude: 121.4 }, { latitude: 0, longitude: 121.4 }],
])('a position with %s can be used', (_, reported, position) => {
  expect(positionOf(reported)).toEqual(position)
})

test.each([
  ['0,0, where no phone is', { latitude: 0, longitude: 0 }],
  ['a missing longitude', { latitude: 31.2 }],
  ['empty texts', { latitude: '', longitude: '' }],
  ['an impossible latitude', { latitude: 91, longitude: 121.4 }],
  ['NaN', { latitude: NaN, longitude: 121.4 }],
])('a position with %s is none', (_, reported) => {
  expect(positionOf(reported)).toBeNull()
})

test('a place without an address is where its name says, and long words are cut between characters', () => {
  expect(placeWords('东门', '')).toEqual({ name: '东门', address: '东门' })
  const { name, address } = placeWords(`${'长'.repeat(99)}😀`, '址'.repeat(300))
  expect([name, address.length]).toEqual([`${'长'.repeat(99)}`, 200])
})
