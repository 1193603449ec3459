import * as v from 'valibot'
import type { CallInput, EndpointSpec, Reply } from '../contract/endpoint.ts'
import { Problem } from '../contract/errors.ts'
import { addressOf } from './address.ts'
import { ConnectionError, ProblemError } from './failures.ts'
import type { Cancellation, Transport, TransportReply, TransportRequest } from './transport.ts'

export interface CallOptions {
  signal?: Cancellation
  /** 15 s by default. */
  timeoutMs?: number
}

type Args<E extends EndpointSpec> =
  Record<never, never> extends CallInput<E>
    ? [input?: CallInput<E>, options?: CallOptions]
    : [input: CallInput<E>, options?: CallOptions]

/**
 * `call(getContact, { params: { externalUserId } })`: the contract gives the types and parses the
 * reply. Rejects with `ProblemError` or `ConnectionError`.
 */
export type Call = <E extends EndpointSpec>(endpoint: E, ...args: Args<E>) => Promise<Reply<E>>

export interface ClientOptions {
  transport: Transport
  /**
   * Returns headers that name the caller. Asked before each attempt, so that a renewed token is
   * used.
   */
  authorize?: () => Record<string, string> | Promise<Record<string, string>>
  /**
   * Called after a 401 (`unauthenticated`, `session_expired`). Resolves with `true` when the caller
   * has signed in again; then the call is sent once more. Calls that fail at the same time share
   * one run.
   */
  renew?: () => Promise<boolean>
}

const defaultTimeoutMs = 15_000

export function makeCall({ transport, authorize, renew }: ClientOptions): Call {
  let renewing: Promise<boolean> | undefined

  function renewOnce(): Promise<boolean> {
    if (!renew) return Promise.resolve(false)
    renewing ??= renew().finally(() => (renewing = undefined))
    return renewing
  }

  async function attempt(
    endpoint: EndpointSpec,
    request: TransportRequest,
  ): Promise<TransportReply> {
    const headers =
      authorize && endpoint.auth !== 'none'
        ? { ...request.headers, ...(await authorize()) }
        : request.headers
    return transport({ ...request, headers })
  }

  return async (endpoint, ...[input, options]) => {
    const request: TransportRequest = {
      method: endpoint.method,
      path: addressOf(endpoint.path, input?.params, input?.query),
      headers: headersOf(input),
      body: input?.body,
      timeoutMs: options?.timeoutMs ?? defaultTimeoutMs,
      signal: options?.signal,
    }
    const send = () => attempt(endpoint, request)
    let reply = await (mayRepeat(request) ? onceMoreAfterLoss(send, request.signal) : send())
    if (reply.status === 401 && endpoint.auth !== 'none' && (await renewOnce()))
      reply = await send()
    return readReply(endpoint, reply)
  }
}

/** Parses an answer by its endpoint, for calls with a transport of their own, e.g. an upload. */
export function readReply<E extends EndpointSpec>(endpoint: E, reply: TransportReply): Reply<E> {
  if (reply.status >= 200 && reply.status < 300) {
    if (endpoint.reply === null) return undefined as Reply<E>
    const parsed = v.safeParse(endpoint.reply, reply.body)
    if (parsed.success) return parsed.output as Reply<E>
    throw new ConnectionError(
      'unexpected_reply',
      `${endpoint.path}: ${v.getDotPath(parsed.issues[0]) ?? ''} ${parsed.issues[0].message}`,
    )
  }
  const problem = v.safeParse(Problem, reply.body)
  const retryAfterMs = readRetryAfter(reply.retryAfter)
  if (problem.success) throw new ProblemError(problem.output, retryAfterMs)
  throw new ConnectionError(
    'unexpected_reply',
    `${endpoint.path}: status ${reply.status} without problem details`,
    retryAfterMs,
  )
}

/**
 * Returns the wait in seconds, as our server and every known proxy send it. The other form of RFC
 * 9110 §10.2.3, a date, would depend on two clocks.
 */
function readRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,7}$/.test(header.trim()) ? Number(header) * 1000 : undefined
}

function headersOf(
  input: { body?: unknown; idempotencyKey?: string } | undefined,
): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (input?.body !== undefined) headers['Content-Type'] = 'application/json'
  if (input?.idempotencyKey !== undefined) headers['Idempotency-Key'] = input.idempotencyKey
  return headers
}

/**
 * Whether a repeat is harmless. A GET changes nothing, and the same Idempotency-Key gives the same
 * result.
 */
function mayRepeat(request: TransportRequest): boolean {
  return request.method === 'GET' || 'Idempotency-Key' in request.headers
}

async function onceMoreAfterLoss(
  send: () => Promise<TransportReply>,
  signal: Cancellation | undefined,
): Promise<TransportReply> {
  try {
    return await send()
  } catch (failure) {
    if (failure instanceof ConnectionError && failure.code === 'network' && !signal?.aborted)
      return send()
    throw failure
  }
}
