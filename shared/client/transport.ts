/** The part of an `AbortSignal` that we use, for platforms without one (a mini program). */
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
  /** Parsed JSON, or the text when it is no JSON. */
  body: unknown
  /** The `Retry-After` header, when there is one. */
  retryAfter?: string | undefined
}

/**
 * The one thing that a platform must provide. Resolves with any HTTP status; rejects with a
 * `ConnectionError` when there is no answer at all. `sidebar/bridge` has an axios transport,
 * `miniprogram/bridge` one with `uni.request`, tests one in process.
 */
export type Transport = (request: TransportRequest) => Promise<TransportReply>
