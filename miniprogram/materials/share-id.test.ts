import { expect, test } from 'vitest'
import { shareIdOf } from './share-id.ts'

const id = '01934a5b-1c2d-7e3f-8a4b-5c6d7e8f9a0b'

test('a share comes by a card or by the scene of a mini-program code', () => {
  expect(shareIdOf({ share: id })).toBe(id)
  expect(shareIdOf({ scene: encodeURIComponent(id.replaceAll('-', '')) })).toBe(id)
})

test('a damaged link gives nothing', () => {
  expect(shareIdOf({})).toBeNull()
  expect(shareIdOf({ share: '../../x' })).toBeNull()
  expect(shareIdOf({ scene: 'abc' })).toBeNull()
  expect(shareIdOf({ scene: '%E0%A4%A' })).toBeNull()
})
