import * as v from 'valibot'

/**
 * Every error that a client can meet. `problems.ts` beside has the title and status of each,
 * `shared/text/<locale>/errors.ts` the words.
 */
export const ErrorCode = v.picklist([
  // any endpoint
  'invalid_request',
  'malformed_json',
  'unauthenticated',
  'session_expired',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'request_too_slow',
  'body_too_large',
  'unsupported_media_type',
  'too_many_requests',
  'internal',
  'unavailable',
  // idempotency
  'idempotency_key_missing',
  'idempotency_conflict',
  // platforms
  'platform_busy',
  'platform_unreachable',
  'platform_refused',
  'platform_quota',
  'code_invalid',
  // wecom sign-in and signatures
  'host_not_trusted',
  'corp_unknown',
  'state_invalid',
  'member_out_of_range',
  'not_a_member',
  'app_unknown',
  // domains
  'contact_unknown',
  'contact_not_followed',
  'person_unknown',
  'question_unknown',
  'question_answered',
  'merge_unknown',
  'phone_code_invalid',
  'material_unknown',
  'share_unknown',
  'workorder_unknown',
  'workorder_closed',
  'equipment_unknown',
  'file_unknown',
  'file_type_refused',
  'storage_full',
  'image_too_large',
  'document_refused',
])
export type ErrorCode = v.InferOutput<typeof ErrorCode>

/** Errors that every endpoint may give. An endpoint's own `errors` are added. */
export const commonErrors = [
  'invalid_request',
  'malformed_json',
  'unauthenticated',
  'session_expired',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'request_too_slow',
  'body_too_large',
  'unsupported_media_type',
  'too_many_requests',
  'internal',
  'unavailable',
] as const satisfies readonly ErrorCode[]

/** Errors of endpoints that may have to ask a platform first. */
export const platformErrors = [
  'platform_busy',
  'platform_unreachable',
  'platform_refused',
  'platform_quota',
] as const satisfies readonly ErrorCode[]

/**
 * RFC 9457 problem details; `errors` names each bad field by its path, e.g. `events.3.occurredAt`.
 */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  code: ErrorCode,
  detail: v.string(),
  errors: v.optional(v.array(v.object({ field: v.string(), message: v.string() }))),
  /** What the platform said, when it is the cause. */
  platform: v.optional(v.object({ errcode: v.number(), errmsg: v.string(), fix: v.string() })),
  requestId: v.optional(v.string()),
})
export type Problem = v.InferOutput<typeof Problem>
