import type { MaterialKind } from '../contract/materials.ts'
import type { WorkorderStatus, WorkorderType } from '../contract/workorders.ts'
import type { miniprogram } from './zh-CN/miniprogram.ts'

export type TypeWord = WorkorderType
export type StatusWord = WorkorderStatus
export type MaterialKindWord = MaterialKind

/**
 * What can go wrong before or beyond the contract's error codes; those have their words in
 * `errors.ts`.
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
  | 'other'

/** The shape every locale fills; Chinese is written first. */
export type MiniprogramText = typeof miniprogram
