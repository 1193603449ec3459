import { createCipheriv, createHash } from 'node:crypto'
import * as theirs from '@wecom/crypto'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { vectorsOf } from '../testing/vectors.ts'
import { EnvelopeError, openEnvelope } from './envelope.ts'
import { eventOf, PushError, readEncrypted, readPush } from './push.ts'

const seal = {
  token: v.string(),
  encodingAESKey: v.string(),
  receiveId: v.string(),
  timestamp: v.string(),
  nonce: v.string(),
}
const opened = v.object({ plaintext: v.string(), receiveId: v.string() })

describe('the published examples', () => {
  it.each(
    vectorsOf('msgcrypt.verifyUrl', {
      input: v.object({ ...seal, msg_signature: v.string(), echostr: v.string() }),
      expected: opened,
    }),
  )('the echostr of $id', ({ input, expected }) => {
    const secrets = {
      token: input.token,
      aesKey: input.encodingAESKey,
      receiveId: expected.receiveId,
    }
    expect(
      openEnvelope(secrets, { ...input, signature: input.msg_signature, encrypted: input.echostr }),
    ).toBe(expected.plaintext)
  })

  it.each(
    vectorsOf('msgcrypt.decrypt', {
      input: v.object({
        ...seal,
        msg_signature: v.string(),
        encrypt: v.string(),
        post_body: v.string(),
      }),
      expected: opened,
    }),
  )('the message of $id', ({ input, expected }) => {
    const secrets = {
      token: input.token,
      aesKey: input.encodingAESKey,
      receiveId: expected.receiveId,
    }
    const encrypted = readEncrypted(Buffer.from(input.post_body))
    expect(encrypted).toBe(input.encrypt)
    expect(openEnvelope(secrets, { ...input, signature: input.msg_signature, encrypted })).toBe(
      expected.plaintext,
    )
    expect(eventOf(readPush(expected.plaintext))).toBe('text')
  })

  it.each(
    vectorsOf('msgcrypt.encrypt', {
      input: v.object({ ...seal, plaintext: v.string() }),
      expected: v.object({ encrypt: v.string(), msg_signature: v.optional(v.string()) }),
    }),
  )('what $id encrypts is read back', ({ input, expected }) => {
    const secrets = { token: input.token, aesKey: input.encodingAESKey, receiveId: input.receiveId }
    const signature =
      expected.msg_signature ??
      theirs.getSignature(input.token, input.timestamp, input.nonce, expected.encrypt)
    expect(openEnvelope(secrets, { ...input, signature, encrypted: expected.encrypt })).toBe(
      input.plaintext,
    )
  })
})

const secrets = {
  token: 'nT4bQx9LkV2sRw7e',
  aesKey: 'vK3xQ8mZt1LpR6wYcN0aHs5uJdE9fBgT2iXoVkMqW7y',
  receiveId: 'ww7c1d4e0fa2b95836',
}
const at = { timestamp: '1732000000', nonce: '1372623149' }

function sealed(encrypted: string, token = secrets.token) {
  return {
    ...at,
    encrypted,
    signature: theirs.getSignature(token, at.timestamp, at.nonce, encrypted),
  }
}

it('whatever WeCom’s own package seals is read', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (message) => {
      expect(
        openEnvelope(secrets, sealed(theirs.encrypt(secrets.aesKey, message, secrets.receiveId))),
      ).toBe(message)
    }),
  )
})

describe('an envelope is refused', () => {
  const good = theirs.encrypt(secrets.aesKey, '<xml/>', secrets.receiveId)

  it('with another token, a changed text, a signature of another length or none', () => {
    expect(openEnvelope(secrets, sealed(good))).toBe('<xml/>')
    expect(() => openEnvelope(secrets, sealed(good, 'another'))).toThrow(EnvelopeError)
    expect(() =>
      openEnvelope(secrets, {
        ...sealed(good),
        encrypted: `${good.startsWith('A') ? 'B' : 'A'}${good.slice(1)}`,
      }),
    ).toThrow(EnvelopeError)
    expect(() =>
      openEnvelope(secrets, { ...sealed(good), signature: sealed(good).signature.slice(1) }),
    ).toThrow(EnvelopeError)
    expect(() => openEnvelope(secrets, { ...sealed(good), signature: '' })).toThrow(EnvelopeError)
    expect(() => openEnvelope(secrets, { ...sealed(good), timestamp: '1732000001' })).toThrow(
      EnvelopeError,
    )
  })

  it('for another corp, though it is signed and encrypted with our secrets', () => {
    expect(() =>
      openEnvelope(secrets, sealed(theirs.encrypt(secrets.aesKey, '<xml/>', 'wwsomebodyelse'))),
    ).toThrow('somebody else')
    expect(() =>
      openEnvelope(secrets, sealed(theirs.encrypt(secrets.aesKey, '<xml/>', ''))),
    ).toThrow('somebody else')
  })

  it('when it was encrypted with another key, is cut, or is no ciphertext at all', () => {
    const foreign = theirs.encrypt('A'.repeat(43), '<xml/>', secrets.receiveId)
    expect(() => openEnvelope(secrets, sealed(foreign))).toThrow(EnvelopeError)
    for (const encrypted of ['', 'AAAA', '<xml/>', good.slice(0, 40)])
      expect(() => openEnvelope(secrets, sealed(encrypted))).toThrow(EnvelopeError)
  })

  it.each([
    ['a length beyond its end', content(9999), 32],
    ['padding of one block of the cipher but with other bytes', content(6), 0],
  ])('with %s', (_what, plain, pad) => {
    expect(() => openEnvelope(secrets, sealed(encrypt(plain, pad)))).toThrow(EnvelopeError)
  })

  function content(length: number): Buffer {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(length)
    return Buffer.concat([
      Buffer.alloc(16, 1),
      size,
      Buffer.from('<xml/>'),
      Buffer.from(secrets.receiveId),
    ])
  }

  function encrypt(plain: Buffer, padByte: number): string {
    const pad = 32 - (plain.length % 32)
    const key = Buffer.from(`${secrets.aesKey}=`, 'base64')
    const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
    return Buffer.concat([
      cipher.update(Buffer.concat([plain, Buffer.alloc(pad, padByte)])),
      cipher.final(),
    ]).toString('base64')
  }
})

it('the signature is that of the sorted parts, in lower-case hex', () => {
  const parts = [secrets.token, at.timestamp, at.nonce, 'x'].sort().join('')
  expect(theirs.getSignature(secrets.token, at.timestamp, at.nonce, 'x')).toBe(
    createHash('sha1').update(parts).digest('hex'),
  )
})

describe('the XML of a push', () => {
  it('may have spaces around its values, and numbers with or without CDATA', () => {
    const push = readPush(
      '<xml><Event> <![CDATA[change_external_contact]]> </Event><ChangeType><![CDATA[add_external_contact]]></ChangeType><ExternalUserID>\n<![CDATA[wm1]]></ExternalUserID><MsgId>0045</MsgId></xml>',
    )
    expect(eventOf(push)).toBe('change_external_contact/add_external_contact')
    expect(push).toMatchObject({ ExternalUserID: 'wm1', MsgId: '0045', UserID: '' })
  })

  it('names one who joins a group like several', () => {
    expect(
      readPush('<xml><MemChangeList><Item>wm1</Item></MemChangeList></xml>').MemChangeList.Item,
    ).toEqual(['wm1'])
    expect(
      readPush('<xml><MemChangeList><Item>wm1</Item><Item>wm2</Item></MemChangeList></xml>')
        .MemChangeList.Item,
    ).toEqual(['wm1', 'wm2'])
  })

  it.each([
    ['with a document type', '<!DOCTYPE xml [<!ENTITY a "b">]><xml><Event>&a;</Event></xml>'],
    ['that fetches', '<!DOCTYPE xml SYSTEM "http://example.com/x.dtd"><xml/>'],
    ['that does not end', '<xml><Event>'],
    ['that is none', 'hello'],
    ['that is empty', ''],
  ])('%s is refused', (_what, xml) => {
    expect(() => readPush(xml)).toThrow(PushError)
    expect(() => readEncrypted(Buffer.from(xml))).toThrow(PushError)
  })
})
