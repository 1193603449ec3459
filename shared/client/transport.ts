/** What an `AbortSignal` offers, for platforms that have none (a mini program). */
export interface Cancellation {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query, e.g. `/api/materials?limit=20`; the transport knows the host. */
  path: string
  headers: Record<string, string>
  /** A JSON value; undefined = no body. */
  body: unknown
  timeoutMs: number
  signal: Cancellation | undefined
}

export interface TransportReply {
  status: number
  /** Parsed JSON; text when it is none. */
  body: unknown
  /** The `Retry-After` header, when there is one. */
  retryAfter?: string | undefined
}

/**
 * The one thing a platform has to provide. Resolves with any HTTP status; rejects with a
 * `ConnectionError` when there is no answer at all. An axios transport lives in `sidebar/bridge`, a
 * `uni.request` one in `miniprogram/bridge`, an in-process one in tests.
 */
export type Transport = (request: TransportRequest) => Promise<TransportReply>
