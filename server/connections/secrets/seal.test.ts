import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { open, seal, SealError } from './seal.ts'

describe('a sealed value', () => {
  const key = randomBytes(32)
  const sealed = seal(key, Buffer.from('密钥'), 'here')

  test('opens with its key, in its place', () => {
    expect(open(key, sealed, 'here').toString()).toBe('密钥')
  })

  test('is another each time, so that equal secrets do not look equal', () => {
    expect(seal(key, Buffer.from('密钥'), 'here')).not.toBe(sealed)
  })

  test.each([
    ['another key', randomBytes(32), sealed, 'here'],
    ['another place', key, sealed, 'there'],
    ['a changed letter', key, sealed.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')), 'here'],
    ['a shortened tag', key, sealed.slice(0, -4), 'here'],
    ['something else', key, 'nothing sealed', 'here'],
  ])('does not open with %s', (_what, other, text, where) => {
    expect(() => open(other, text, where)).toThrow(SealError)
  })
})
