import type { ErrorCode, Problem } from '../contract/errors.ts'

/** The server answered with problem+json; `code` has words in `shared/text/<locale>/errors.ts`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ErrorCode
  readonly status: number
  readonly detail: string
  /** Bad fields by path, for forms. */
  readonly errors: NonNullable<Problem['errors']>
  /** What WeCom or WeChat said, when the cause lies there. */
  readonly platform: Problem['platform']
  readonly requestId: string | undefined
  /** How long the server wants no further request; undefined when it said nothing. */
  readonly retryAfterMs: number | undefined

  constructor(problem: Problem, retryAfterMs?: number) {
    super(`${problem.code}: ${problem.detail}`)
    this.code = problem.code
    this.status = problem.status
    this.detail = problem.detail
    this.errors = problem.errors ?? []
    this.platform = problem.platform
    this.requestId = problem.requestId
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * `network` = no answer; `unexpected_reply` = an answer that is not ours (a proxy's page) or not in
 * the contract's shape.
 */
export type ConnectionCode = 'network' | 'timeout' | 'cancelled' | 'unexpected_reply'

export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly code: ConnectionCode
  /** As in `ProblemError`: a proxy in front of the server can be busy too. */
  readonly retryAfterMs: number | undefined

  constructor(code: ConnectionCode, detail: string, retryAfterMs?: number) {
    super(`${code}: ${detail}`)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

export type FailureCode = ErrorCode | ConnectionCode

/**
 * Returns the code whose words an app shows. Any error that is not a failed call is a bug of ours.
 */
export function failureCode(failure: unknown): FailureCode {
  return failure instanceof ProblemError || failure instanceof ConnectionError
    ? failure.code
    : 'internal'
}
