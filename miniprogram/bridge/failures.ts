import { ConnectionError, ProblemError } from '../../shared/client/failures.ts'
import { errors as errorsInEnglish } from '../../shared/text/en/errors.ts'
import type { FailureWord } from '../../shared/text/miniprogram-words.ts'
import { errors as errorsInChinese } from '../../shared/text/zh-CN/errors.ts'
import { inEnglish, text } from './text.ts'

const problemWords = inEnglish ? errorsInEnglish : errorsInChinese

export type SignInCause =
  | 'outside_wechat'
  | 'wecom_miniprogram'
  | 'sign_in_loop'
  | 'sign_in_failed'
  | 'member_only'
  | 'signed_out'

export class SignInError extends Error {
  override readonly name = 'SignInError'
  readonly code: SignInCause

  constructor(code: SignInCause, detail: string) {
    super(`${code}: ${detail}`)
    this.code = code
  }
}

export interface FailureWords {
  title: string
  hint: string
  /** Whether a retry can help. */
  canRetry: boolean
  /** Whether it helps to copy the page's address. */
  canCopyLink: boolean
  /** Whether the person must sign in again by hand, after signing out. */
  canSignIn?: boolean
}

/** Returns the words for a customer: what happened, and the next step. */
export function describe(failure: unknown): FailureWords {
  const word = wordOf(failure)
  const words = text.failures[word]
  return {
    title: words.title,
    // The contract's own errors have a sentence; only the heading is ours.
    hint:
      word === 'other' && failure instanceof ProblemError ? problemWords[failure.code] : words.hint,
    canRetry: ![
      'outside_wechat',
      'wecom_miniprogram',
      'share_unknown',
      'workorder_unknown',
      'member_only',
      'signed_out',
    ].includes(word),
    canCopyLink: word === 'outside_wechat',
    canSignIn: word === 'signed_out',
  }
}

function wordOf(failure: unknown): FailureWord {
  if (failure instanceof SignInError) return failure.code
  if (failure instanceof ConnectionError)
    return failure.code === 'timeout' ? 'timeout' : failure.code === 'network' ? 'network' : 'other'
  if (failure instanceof ProblemError) {
    if (failure.code === 'share_unknown' || failure.code === 'material_unknown')
      return 'share_unknown'
    if (failure.code === 'workorder_unknown') return 'workorder_unknown'
    if (failure.code === 'code_invalid' || failure.status === 401) return 'sign_in_failed'
  }
  return 'other'
}

/** The connection failed, and nobody knows whether the server acted. */
export function isConnectionFailure(failure: unknown): boolean {
  return failure instanceof ConnectionError
}
