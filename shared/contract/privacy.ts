import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { Id, text } from './values.ts'

/**
 * The version of the text that tells visitors what is recorded (`privacyPage` in shared/text). It
 * changes when that text promises something else.
 */
export const privacyTextVersion = '2026-11-28'

/** Who answers for the data, and for how long it is kept. */
export const PrivacyNotice = v.object({
  controller: v.string(),
  /** A mail address, a number or a place; null = the operator named none. */
  contact: v.nullable(v.string()),
  /** How many days the devices' reports are kept as they came; null = until an erasure. */
  reportDays: v.nullable(v.number()),
  /** How many days the platforms' pushes are kept as they came; null = until an erasure. */
  pushDays: v.nullable(v.number()),
})
export type PrivacyNotice = v.InferOutput<typeof PrivacyNotice>

export const PrivacyChoice = v.object({
  /** The version of the text that counts now. */
  textVersion: v.string(),
  /** Whether reading is recorded; true until the visitor says otherwise. */
  tracking: v.boolean(),
  /** When the visitor last chose; null = never. */
  decidedAt: v.nullable(v.string()),
  /** The version of the text that they agreed to; null = never agreed, or withdrawn. */
  agreedTo: v.nullable(v.string()),
  notice: PrivacyNotice,
})
export type PrivacyChoice = v.InferOutput<typeof PrivacyChoice>

export const getPrivacy = endpoint({
  method: 'GET',
  path: '/api/privacy',
  auth: 'visitor',
  summary: 'What the visitor chose about being tracked',
  reply: PrivacyChoice,
  errors: [],
})

/** One choice counts for all identities of the person. */
export const chooseTracking = endpoint({
  method: 'PUT',
  path: '/api/privacy/tracking',
  auth: 'visitor',
  summary: 'Allow or forbid that reading is recorded',
  body: v.strictObject({
    agreed: v.boolean(),
    /** Version and language of the text that the visitor saw. */
    textVersion: text(32),
    locale: v.picklist(['zh-CN', 'en']),
  }),
  reply: PrivacyChoice,
  errors: [],
})

/** Rows as they are stored, by the names of their columns. */
const Kept = v.array(v.record(v.string(), v.unknown()))

/**
 * Everything that is stored about a person. Values are unmasked, because they are the person's own.
 */
export const PersonalData = v.object({
  exportedAt: v.string(),
  personId: Id,
  identities: Kept,
  /** Evidence that they are one human, open questions, and merges. */
  evidence: Kept,
  /** What the corp's members see of the contact in WeCom. */
  contacts: Kept,
  consents: Kept,
  /** What the platforms told about the person, as it came. */
  pushes: Kept,
  /** Materials that the person was sent or handed on. */
  shares: Kept,
  /** With their history and the addresses of their photos, which expire after an hour. */
  workorders: Kept,
  /** Uploaded photos, also those that no work order names. */
  photos: Kept,
  /** The timeline, oldest first. */
  moments: Kept,
  /** The devices' reports, as they came. */
  events: Kept,
})
export type PersonalData = v.InferOutput<typeof PersonalData>

export const exportPersonalData = endpoint({
  method: 'GET',
  path: '/api/privacy/export',
  auth: 'visitor',
  summary: 'Everything that is kept about the visitor, as one JSON document',
  reply: PersonalData,
  errors: [],
})

/**
 * `pending`: nobody can report or read as this person any more, and the rest of the history is
 * deleted soon.
 */
export const erasePerson = endpoint({
  method: 'POST',
  path: '/api/privacy/erasure',
  auth: 'visitor',
  summary: 'Erase the visitor, with all identities and all history',
  body: v.strictObject({ confirm: v.literal(true, 'must be true') }),
  reply: v.object({ state: v.picklist(['pending', 'done']) }),
  errors: [],
})
