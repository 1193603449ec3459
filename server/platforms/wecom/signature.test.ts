import { getJsApiSignature } from '@wecom/crypto'
import fc from 'fast-check'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { vectorsOf } from '../../testing/vectors.ts'
import { signJsapi } from './signature.ts'

const vectors = vectorsOf('jssdk.sha1', {
  input: v.object({
    jsapi_ticket: v.string(),
    noncestr: v.string(),
    timestamp: v.number(),
    url: v.string(),
  }),
  expected: v.object({ signature: v.string() }),
})

it.each(vectors)('the published example $id comes out as published', ({ input, expected }) => {
  expect(
    signJsapi({
      ticket: input.jsapi_ticket,
      nonceStr: input.noncestr,
      timestamp: input.timestamp,
      url: input.url,
    }),
  ).toBe(expected.signature)
})

it('every signature equals that of WeCom’s own package', () => {
  fc.assert(
    // For 0 their package takes the current time.
    fc.property(
      fc.string({ minLength: 1 }),
      fc.string({ minLength: 1 }),
      fc.integer({ min: 1 }),
      fc.webPath(),
      (ticket, nonceStr, timestamp, url) => {
        expect(signJsapi({ ticket, nonceStr, timestamp, url })).toBe(
          getJsApiSignature({ ticket, nonceStr, timestamp, url }).signature,
        )
      },
    ),
  )
})
