import * as v from 'valibot'
import type { ErrorCode, Problem as ProblemBody } from '../../shared/contract/errors.ts'
import * as english from '../../shared/text/en/platform.ts'
import * as chinese from '../../shared/text/zh-CN/platform.ts'
import type { Locale } from '../base/locale.ts'
import { Problem } from '../base/problem.ts'

export type PlatformName = 'wecom' | 'wechat'

/** What the platform itself said. `errcode` is null when it said nothing readable. */
export const PlatformWords = v.object({
  platform: v.picklist(['wecom', 'wechat']),
  /** The path at the platform. Its query is left out, because it holds tokens. */
  path: v.string(),
  errcode: v.nullable(v.number()),
  errmsg: v.string(),
})
export type PlatformWords = v.InferOutput<typeof PlatformWords>

/**
 * The platform refused, was busy or was out of reach. Decide on `errcode`, never on `errmsg`
 * (WW-90455).
 */
export class PlatformError extends Problem {
  readonly words: PlatformWords

  constructor(code: ErrorCode, words: PlatformWords) {
    const name = words.platform === 'wecom' ? 'WeCom' : 'WeChat'
    super(
      code,
      `${name} ${words.path}: ${words.errcode === null ? '' : `${words.errcode} `}${words.errmsg}`,
    )
    this.words = words
  }

  get errcode(): number | null {
    return this.words.errcode
  }

  override body(requestId?: string, locale: Locale = 'zh-CN'): ProblemBody {
    const { platform, errcode, errmsg } = this.words
    const body = super.body(requestId, locale)
    return errcode === null
      ? body
      : { ...body, platform: { errcode, errmsg, fix: fixOf(platform, errcode, locale) } }
  }
}

/** Returns one sentence that tells an operator what to do about an errcode. */
export function fixOf(platform: PlatformName, errcode: number, locale: Locale): string {
  const texts = locale === 'en' ? english : chinese
  const known: Readonly<Record<string, string>> =
    platform === 'wecom' ? texts.wecomFixes : texts.wechatFixes
  return known[errcode] ?? texts.otherFixes[platform](errcode)
}

/** Codes of a platform that did not answer the question: nobody said yes or no. */
const unanswered: readonly ErrorCode[] = ['platform_unreachable', 'platform_busy', 'platform_quota']

/**
 * For `catch`: whether the platform left the question open, because it was out of reach, busy or
 * over a quota. Every other errcode is a refusal, also one that we do not know.
 */
export function isUnanswered(error: unknown): boolean {
  return error instanceof PlatformError && unanswered.includes(error.code)
}

/** For `catch`: whether the platform answered with one of these errcodes. */
export function isErrcode(error: unknown, ...errcodes: readonly number[]): error is PlatformError {
  return (
    error instanceof PlatformError && error.errcode !== null && errcodes.includes(error.errcode)
  )
}
