import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { platformErrors } from './errors.ts'
import { ExternalUserId, Id } from './values.ts'

export const IdentityKind = v.picklist(['external_userid', 'openid', 'unionid', 'phone', 'cookie'])
export type IdentityKind = v.InferOutput<typeof IdentityKind>

/** `first_seen` = its person was made with it; the others say what joined it to a person. */
export const Evidence = v.picklist([
  'first_seen',
  'unionid',
  'unionid_conversion',
  'pending_id',
  'verified_phone',
  'by_hand',
])
export type Evidence = v.InferOutput<typeof Evidence>

export const Identity = v.object({
  id: Id,
  kind: IdentityKind,
  /**
   * The scope in which the value is unique: a corp, an app, an open-platform account. In words for
   * the rep.
   */
  scope: v.string(),
  /** Masked: enough to tell two apart, too little to use. */
  label: v.string(),
  joinedBy: Evidence,
  joinedAt: v.string(),
})
export type Identity = v.InferOutput<typeof Identity>

export const ContactTag = v.object({
  name: v.string(),
  group: v.nullable(v.string()),
  kind: v.picklist(['corp', 'member', 'rule']),
})

export const Contact = v.object({
  externalUserId: v.string(),
  personId: Id,
  name: v.string(),
  avatarUrl: v.nullable(v.string()),
  /** `wechat` or another corp's WeCom. */
  kind: v.picklist(['wechat', 'wecom']),
  corpName: v.nullable(v.string()),
  position: v.nullable(v.string()),
  gender: v.picklist(['unknown', 'male', 'female']),
  /** The calling member's own relation to the contact. */
  follow: v.object({
    remark: v.string(),
    description: v.string(),
    tags: v.array(ContactTag),
    addedAt: v.string(),
    /** WW-96315's add_way number; the apps have words for it. */
    addWay: v.number(),
    state: v.nullable(v.string()),
    phones: v.array(v.string()),
  }),
  /** Names of other members who follow the contact. */
  followers: v.array(v.object({ userId: v.string(), name: v.string() })),
  identities: v.array(Identity),
  /** When WeCom was last asked. Older data is shown while WeCom is out of reach. */
  fetchedAt: v.string(),
  stale: v.boolean(),
})
export type Contact = v.InferOutput<typeof Contact>

export const getContact = endpoint({
  method: 'GET',
  path: '/api/contacts/:externalUserId',
  auth: 'member',
  summary: 'A contact as the calling member knows it, with the person behind it',
  params: v.strictObject({ externalUserId: ExternalUserId }),
  reply: Contact,
  errors: ['contact_unknown', 'contact_not_followed', ...platformErrors],
})
