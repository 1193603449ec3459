import { ConnectionError, ProblemError } from '../../shared/client/failures.ts'
import type { SidebarCause } from '../../shared/text/sidebar-words.ts'

/** Why the WeCom client did not do it. `code` has a title and a fix in the texts. */
export interface Cause {
  code: SidebarCause
  /** The words of the client or the server, for the administrator. */
  said: string
  /** `signature_invalid`, `url_not_trusted`: the signed address and the address of the page. */
  signedUrl?: string
  pageUrl?: string
}

export class BridgeError extends Error {
  override readonly name = 'BridgeError'
  readonly reason: Cause

  constructor(reason: Cause) {
    super(`${reason.code}: ${reason.said}`)
    this.reason = reason
  }
}

/**
 * Messages of clients and their meaning. Clients differ in prefixes and blanks ("fail_fail_without
 * context…" on macOS), and the SDK removes underscores and upper case. So a part of the text is
 * matched, never the whole (WW-96912, WW-98539).
 */
const sayings: readonly (readonly [part: string, code: SidebarCause])[] = [
  ['invalid signature', 'signature_invalid'],
  ['url domain', 'url_not_trusted'],
  ['allow list', 'not_in_visible_range'],
  ['allowlist', 'not_in_visible_range'],
  ['function not exist', 'client_too_old'],
  ['not supported', 'client_too_old'],
  ['without context', 'wrong_entry'],
  ['withoutcontext', 'wrong_entry'],
  ['invalid imgurl', 'message_refused'],
  ['unsupportedmsgtype', 'message_refused'],
  ['unsupported msgtype', 'message_refused'],
  ['missingurl', 'message_refused'],
  ['permission', 'no_permission'],
  ['access denied', 'no_permission'],
  ['accessdenied', 'no_permission'],
  ['offline verifying', 'no_permission'],
]

export interface Addresses {
  signedUrl: string | undefined
  pageUrl: string
}

/**
 * Returns the one typed cause of a rejection of the SDK, of its signature factory or of our own
 * time limit.
 */
export function causeOf(failure: unknown, addresses: Addresses): Cause {
  if (failure instanceof BridgeError) return failure.reason
  if (failure instanceof ProblemError) return causeOfProblem(failure, addresses)
  if (failure instanceof ConnectionError) {
    const code =
      failure.code === 'network' || failure.code === 'timeout'
        ? failure.code
        : 'signature_unavailable'
    return { code, said: failure.message }
  }
  const said = saidBy(failure)
  if (said.includes('Aborted')) return { code: 'navigated', said }
  const code = codeOf(said)
  if (code === 'signature_invalid' || code === 'url_not_trusted')
    return { code, said, ...addresses }
  return { code, said }
}

/** WeCom reports the user's own "cancel" as a failure. */
export function isCancelled(failure: unknown): boolean {
  return !(failure instanceof Error) && /:\s*(fail[_ ])?cancel/i.test(saidBy(failure))
}

function codeOf(said: string): SidebarCause {
  const text = said.toLowerCase()
  return sayings.find(([part]) => text.includes(part))?.[1] ?? 'unknown'
}

/** The SDK rejects with a plain object or an Error. */
function saidBy(failure: unknown): string {
  if (failure instanceof Error) return failure.message
  if (typeof failure === 'object' && failure !== null) {
    const { errMsg, errCode } = failure as { errMsg?: unknown; errCode?: unknown }
    if (typeof errMsg === 'string')
      return typeof errCode === 'number' && errCode > 0 ? `${errMsg} (${errCode})` : errMsg
  }
  return String(failure)
}

/** 701008: none of the followers has a seat; 701099: the calling member has none (WW-95652). */
const licenceErrcodes = [701008, 701099]

function causeOfProblem(problem: ProblemError, addresses: Addresses): Cause {
  const { platform } = problem
  const said = platform ? `${platform.errcode} ${platform.errmsg}` : problem.message
  if (problem.code === 'host_not_trusted') return { code: 'url_not_trusted', said, ...addresses }
  if (problem.code === 'member_out_of_range') return { code: 'not_in_visible_range', said }
  if (problem.code === 'unauthenticated' || problem.code === 'session_expired')
    return { code: 'sign_in_failed', said }
  if (platform && licenceErrcodes.includes(platform.errcode)) return { code: 'licence', said }
  return { code: 'signature_unavailable', said }
}
