import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { Timestamp } from './values.ts'

describe('a time', () => {
  it.each(['2026-11-21T08:30:00.000Z', '2028-02-29T23:59:59.999Z'])('may be %s', (text) => {
    expect(v.parse(Timestamp, text)).toBe(text)
  })

  // JavaScript reads the first two as days of March and of tomorrow. The database refuses them.
  it.each([
    '2026-02-30T00:00:00.000Z',
    '2026-11-21T24:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-11-21',
  ])('cannot be %s', (text) => {
    expect(v.is(Timestamp, text)).toBe(false)
  })
})
