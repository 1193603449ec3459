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

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`)
    this.code = problem.code
    this.status = problem.status
    this.detail = problem.detail
    this.errors = problem.errors ?? []
    this.platform = problem.platform
    this.requestId = problem.requestId
  }
}

/** `network` = no answer; `unexpected_reply` = an answer that is not ours (a proxy's page) or not in the contract's shape. */
export type ConnectionCode = 'network' | 'timeout' | 'cancelled' | 'unexpected_reply'

export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly code: ConnectionCode

  constructor(code: ConnectionCode, detail: string) {
    super(`${code}: ${detail}`)
    this.code = code
  }
}

export type FailureCode = ErrorCode | ConnectionCode

/** The code whose words an app shows; anything that is not a failed call is a bug of ours. */
export function failureCode(failure: unknown): FailureCode {
  return failure instanceof ProblemError || failure instanceof ConnectionError ? failure.code : 'internal'
}
