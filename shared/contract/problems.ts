import type { ErrorCode } from './errors.ts'

/**
 * Title and status of each error, as the server says them. Apps have words of their own, so this
 * table is in none of their bundles.
 */
export const problems = {
  // any endpoint
  invalid_request: { status: 400, title: 'The request is not valid' },
  malformed_json: { status: 400, title: 'The body is not JSON' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  session_expired: { status: 401, title: 'The session has expired' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_too_slow: { status: 408, title: 'The request took too long to arrive' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
  // idempotency
  idempotency_key_missing: { status: 400, title: 'Idempotency-Key is missing' },
  idempotency_conflict: { status: 409, title: 'The key was used for another request' },
  // platforms
  platform_busy: { status: 502, title: 'The platform is busy' },
  platform_unreachable: { status: 502, title: 'The platform cannot be reached' },
  platform_refused: { status: 502, title: 'The platform refused' },
  platform_quota: { status: 503, title: 'The platform quota is used up' },
  code_invalid: { status: 401, title: 'The login code is invalid or used' },
  // wecom sign-in and signatures
  host_not_trusted: { status: 403, title: 'The host is not trusted' },
  corp_unknown: { status: 404, title: 'Unknown corp' },
  state_invalid: { status: 400, title: 'The sign-in link was used or has expired' },
  member_out_of_range: { status: 403, title: 'The member is outside the visible range of the app' },
  not_a_member: { status: 403, title: 'Not a member of this corp' },
  app_unknown: { status: 404, title: 'Unknown mini program or official account' },
  // domains
  contact_unknown: { status: 404, title: 'Unknown contact' },
  contact_not_followed: { status: 403, title: 'This member does not follow the contact' },
  person_unknown: { status: 404, title: 'Unknown person' },
  question_unknown: { status: 404, title: 'Unknown question' },
  question_answered: { status: 409, title: 'The question was answered otherwise' },
  merge_unknown: { status: 404, title: 'Unknown merge' },
  phone_code_invalid: { status: 422, title: 'The phone code is invalid or used' },
  material_unknown: { status: 404, title: 'Unknown material' },
  share_unknown: { status: 404, title: 'Unknown share' },
  workorder_unknown: { status: 404, title: 'Unknown work order' },
  workorder_closed: { status: 409, title: 'The work order is closed already' },
  equipment_unknown: { status: 422, title: 'Unknown equipment' },
  file_unknown: { status: 404, title: 'Unknown file' },
  file_type_refused: { status: 415, title: 'The file is not an image we accept' },
  storage_full: { status: 507, title: 'There is no room for the file' },
  image_too_large: { status: 413, title: 'The image has too many pixels' },
  document_refused: { status: 422, title: 'The document cannot be shown as pictures' },
} as const satisfies Record<ErrorCode, { status: number; title: string }>
