import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { platformErrors } from './errors.ts'
import { RepCard } from './materials.ts'

/** Digits with the usual separators, so that a phone can dial it. */
const CardPhone = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^\+?\d[\d\s-]{1,18}\d$/, 'must be a phone number'),
)

/** The card as its readers see it. */
export const getCard = endpoint({
  method: 'GET',
  path: '/api/card',
  auth: 'member',
  summary: 'The card of the calling member that stands under every pushed material',
  reply: RepCard,
  errors: [],
})

/**
 * Only the member decides what stands on it. With `addable` the server asks WeCom, once, for a code
 * that adds the member (WW-96348).
 */
export const putCard = endpoint({
  method: 'PUT',
  path: '/api/card',
  auth: 'member',
  summary: 'Say which number readers may call, and whether they can add the member in WeCom',
  body: v.strictObject({ phone: v.nullable(CardPhone), addable: v.boolean() }),
  reply: RepCard,
  errors: [...platformErrors],
})
