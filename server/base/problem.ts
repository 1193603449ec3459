import {
  errors as catalogue,
  type ErrorCode,
  type Problem as ProblemBody,
} from '../../shared/contract/errors.ts'
import type { Locale } from './locale.ts'

export interface ProblemExtras {
  /** Bad fields by path, e.g. `events.3.occurredAt`. */
  errors?: readonly { field: string; message: string }[]
  /** Response headers, e.g. `Retry-After`. */
  headers?: Readonly<Record<string, string>>
  cause?: unknown
}

/**
 * What a client is told (RFC 9457). Anything else that is thrown becomes `internal` and is only
 * logged.
 */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ErrorCode
  readonly status: number
  readonly extras: ProblemExtras

  constructor(code: ErrorCode, detail: string = catalogue[code].title, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause })
    this.code = code
    this.status = catalogue[code].status
    this.extras = extras
  }

  /**
   * What goes to the client; only what a platform said is in the client's language (the rest has
   * words in `shared/text`).
   */
  body(requestId?: string, _locale?: Locale): ProblemBody {
    const { errors } = this.extras
    return {
      type: `https://chatside.dev/problems/${this.code}`,
      title: catalogue[this.code].title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(errors && { errors: [...errors] }),
      ...(requestId && { requestId }),
    }
  }
}

/** Ends the request with this problem. */
export function fail(code: ErrorCode, detail?: string, extras?: ProblemExtras): never {
  throw new Problem(code, detail, extras)
}
