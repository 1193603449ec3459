import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { ClientId } from '../contract/values.ts'
import { makeUuid7 } from './uuid.ts'

test('ids are UUIDv7 of the contract, whatever the clock and the dice say', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 47 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (ms, dice) => {
        expect(
          v.is(
            ClientId,
            makeUuid7(
              () => ms,
              () => dice,
            )(),
          ),
        ).toBe(true)
      },
    ),
  )
})

test('later ids sort after earlier ones, also within a millisecond and after a clock that was set back', () => {
  let now = 1_763_712_000_000
  const make = makeUuid7(() => now, Math.random)
  const ids = Array.from({ length: 10_000 }, (_, n) => {
    if (n === 3_000) now -= 3_600_000
    if (n % 100 === 0) now += 1
    return make()
  })
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

test('an id says when it was made', () => {
  const now = Date.parse('2026-11-21T08:30:00.000Z')
  const id = makeUuid7(() => now, Math.random)()
  expect(parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(now)
})
