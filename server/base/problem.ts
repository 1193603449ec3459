import type { ErrorCode, Problem as ProblemBody } from '../../shared/contract/errors.ts'
import { problems } from '../../shared/contract/problems.ts'
import type { Locale } from './locale.ts'

export interface ProblemExtras {
  /** Bad fields by path, e.g. `events.3.occurredAt`. */
  errors?: readonly { field: string; message: string }[]
  /** Response headers, e.g. `Retry-After`. */
  headers?: Readonly<Record<string, string>>
  cause?: unknown
}

/**
 * An error that the client is told (RFC 9457). Any other error becomes `internal` and appears only
 * in the log.
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ErrorCode
  readonly status: number
  readonly extras: ProblemExtras

  constructor(code: ErrorCode, detail: string = problems[code].title, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause })
    this.code = code
    this.status = problems[code].status
    this.extras = extras
  }

  /**
   * Returns the body for the client. Only the words of a platform depend on the client's language;
   * `shared/text` has the words for all other problems.
   */
  body(requestId?: string, _locale?: Locale): ProblemBody {
    const { errors } = this.extras
    return {
      type: `https://chatside.dev/problems/${this.code}`,
      title: problems[this.code].title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(errors && { errors: [...errors] }),
      ...(requestId && { requestId }),
    }
  }
}

/** Throws this problem; the request ends with it. */
export function fail(code: ErrorCode, detail?: string, extras?: ProblemExtras): never {
  throw new Problem(code, detail, extras)
}
