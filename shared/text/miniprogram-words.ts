import type { MaterialKind } from '../contract/materials.ts'
import type { WorkorderStatus, WorkorderType } from '../contract/workorders.ts'

export type TypeWord = WorkorderType
export type StatusWord = WorkorderStatus
export type MaterialKindWord = MaterialKind

/**
 * Failures before or beyond the contract's error codes. `errors.ts` has the words of those codes.
 */
export type FailureWord =
  | 'outside_wechat'
  | 'wecom_miniprogram'
  | 'sign_in_loop'
  | 'sign_in_failed'
  | 'network'
  | 'timeout'
  | 'share_unknown'
  | 'workorder_unknown'
  | 'member_only'
  | 'signed_out'
  | 'other'
