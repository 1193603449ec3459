import * as theirs from '@wecom/crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decrypt, encrypt, sign } from './crypto.ts'

interface Vector {
  id: string
  kind: string
  input: Record<string, string>
  expected: Record<string, string>
}
/** Published by Tencent; each names its source. */
const vectors = JSON.parse(
  readFileSync(new URL('vectors.json', import.meta.url), 'utf8'),
) as Vector[]
const of = (kind: string) =>
  vectors.filter((one) => one.kind === kind).map((one) => [one.id, one] as const)

describe('the published vectors of the message envelope', () => {
  it.each(of('msgcrypt.verifyUrl'))('the echostr of %s', (_id, { input, expected }) => {
    const { token = '', timestamp = '', nonce = '', echostr = '', encodingAESKey = '' } = input
    expect(sign(token, timestamp, nonce, echostr)).toBe(input.msg_signature)
    expect(decrypt(encodingAESKey, echostr)).toEqual({
      message: expected.plaintext,
      receiveId: expected.receiveId,
    })
  })

  it.each(of('msgcrypt.decrypt'))('the message of %s', (_id, { input, expected }) => {
    const {
      token = '',
      timestamp = '',
      nonce = '',
      encrypt: encrypted = '',
      encodingAESKey = '',
    } = input
    expect(sign(token, timestamp, nonce, encrypted)).toBe(input.msg_signature)
    expect(decrypt(encodingAESKey, encrypted)).toEqual({
      message: expected.plaintext,
      receiveId: expected.receiveId,
    })
  })

  it.each(of('msgcrypt.encrypt'))('the encryption of %s', (_id, { input, expected }) => {
    const {
      token = '',
      timestamp = '',
      nonce = '',
      encodingAESKey = '',
      receiveId = '',
      plaintext = '',
      random = '',
    } = input
    const encrypted = encrypt(encodingAESKey, receiveId, plaintext, Buffer.from(random))
    expect(encrypted).toBe(expected.encrypt)
    if (expected.msg_signature !== undefined)
      expect(sign(token, timestamp, nonce, encrypted)).toBe(expected.msg_signature)
  })

  it.each(of('mp.plainSignature'))('the plain signature of %s', (_id, { input, expected }) => {
    expect(sign(input.token ?? '', input.timestamp ?? '', input.nonce ?? '')).toBe(
      expected.signature,
    )
  })

  it('covers every kind that is carried along', () => {
    const tested = [
      'msgcrypt.verifyUrl',
      'msgcrypt.decrypt',
      'msgcrypt.encrypt',
      'mp.plainSignature',
    ]
    expect([...new Set(vectors.map(({ kind }) => kind))].toSorted()).toEqual(tested.toSorted())
  })
})

it('refuses what another key has encrypted', () => {
  const encrypted = encrypt('A'.repeat(43), 'ww1', 'hello')
  expect(() => decrypt('B'.repeat(43), encrypted)).toThrow()
})

it('is understood by the vendor’s own library, and understands it', () => {
  const key = 'kWJ86suDMmqXbHvNfYc2TzR5pLaG9eQoIx3UtB7rZdV'
  for (const message of ['', 'a', '你好'.repeat(11), 'x'.repeat(1000)]) {
    expect(theirs.decrypt(key, encrypt(key, 'ww1', message))).toMatchObject({ message, id: 'ww1' })
    expect(decrypt(key, theirs.encrypt(key, message, 'ww1'))).toEqual({ message, receiveId: 'ww1' })
  }
  expect(sign('token', '1', '2', 'text')).toBe(theirs.getSignature('token', '1', '2', 'text'))
})
