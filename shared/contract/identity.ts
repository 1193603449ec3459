import * as v from 'valibot'
import { Evidence, IdentityKind } from './contacts.ts'
import { endpoint } from './endpoint.ts'
import { platformErrors } from './errors.ts'
import { Id, page, PlatformCode } from './values.ts'

/**
 * Evidence that two identities are one human. `noted_phone` = a rep typed the number that a visitor
 * has verified, which is too little to join them.
 */
export const QuestionKind = v.picklist([
  'unionid',
  'unionid_conversion',
  'pending_id',
  'verified_phone',
  'noted_phone',
])
export type QuestionKind = v.InferOutput<typeof QuestionKind>

/**
 * Why the two were not joined automatically. `parted` = a member said earlier that they are two.
 * `two_accounts` = two accounts of one app proved the same number, so it may be shared or recycled.
 */
export const QuestionReason = v.picklist([
  'two_unionids',
  'two_contacts',
  'two_accounts',
  'parted',
  'noted',
])
export type QuestionReason = v.InferOutput<typeof QuestionReason>

export const QuestionSide = v.object({
  identityId: Id,
  /** The present owner of the identity. */
  personId: Id,
  kind: IdentityKind,
  /** Masked. */
  label: v.string(),
  firstSeenAt: v.string(),
  /** The name of the person's contact; null when no contact is known. */
  name: v.nullable(v.string()),
})
export type QuestionSide = v.InferOutput<typeof QuestionSide>

export const Question = v.object({
  id: Id,
  kind: QuestionKind,
  reason: QuestionReason,
  state: v.picklist(['open', 'same', 'different']),
  askedAt: v.string(),
  answeredAt: v.nullable(v.string()),
  /** In a list, `one` belongs to the person whose questions are listed. */
  one: QuestionSide,
  other: QuestionSide,
})
export type Question = v.InferOutput<typeof Question>

export const listQuestions = endpoint({
  method: 'GET',
  path: '/api/persons/:id/questions',
  auth: 'member',
  summary:
    'Who else this person may be: the open questions about people whom the member follows, newest first',
  params: v.strictObject({ id: Id }),
  reply: page(Question),
  errors: ['person_unknown', 'contact_not_followed', ...platformErrors],
})

/**
 * `same` joins the two, whatever speaks against it; `different` keeps them apart for good.
 * Repeating an answer changes nothing. A member who does not follow a contact of each side gets
 * `question_unknown`. What customers themselves see does not change.
 */
export const answerQuestion = endpoint({
  method: 'PUT',
  path: '/api/questions/:id/answer',
  auth: 'member',
  summary: 'Say whether two identities are one human',
  params: v.strictObject({ id: Id }),
  body: v.strictObject({ answer: v.picklist(['same', 'different']) }),
  reply: Question,
  errors: ['question_unknown', 'question_answered', ...platformErrors],
})

export const Merge = v.object({
  id: Id,
  evidence: Evidence,
  mergedAt: v.string(),
  /** Null while the merge is valid. */
  undoneAt: v.nullable(v.string()),
  /** The identities that moved, masked. */
  identities: v.array(v.object({ id: Id, kind: IdentityKind, label: v.string() })),
})
export type Merge = v.InferOutput<typeof Merge>

export const listMerges = endpoint({
  method: 'GET',
  path: '/api/persons/:id/merges',
  auth: 'member',
  summary: 'What joined this person together, newest first',
  params: v.strictObject({ id: Id }),
  reply: page(Merge),
  errors: ['person_unknown', 'contact_not_followed', ...platformErrors],
})

/**
 * Returns identities and timeline to each side. The same evidence does not join the two again.
 * Undoing twice changes nothing. A member who does not follow both sides gets `merge_unknown`.
 */
export const undoMerge = endpoint({
  method: 'POST',
  path: '/api/merges/:id/undo',
  auth: 'member',
  summary: 'Take a merge back',
  params: v.strictObject({ id: Id }),
  reply: Merge,
  errors: ['merge_unknown', ...platformErrors],
})

/**
 * `code` is that of `<button open-type="getPhoneNumber">`, not the sign-in's. It is good for five
 * minutes and once.
 */
export const verifyPhone = endpoint({
  method: 'POST',
  path: '/api/miniprogram/phone',
  auth: 'visitor',
  summary: "Learn the visitor's own number from WeChat, and keep it as proof of who they are",
  body: v.strictObject({ code: PlatformCode }),
  reply: v.object({
    /**
     * The number for the form that asked: without the country code for a mainland number, otherwise
     * `+…`.
     */
    phone: v.string(),
    masked: v.string(),
  }),
  errors: ['phone_code_invalid', 'app_unknown', ...platformErrors],
})
