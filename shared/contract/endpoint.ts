import type { GenericSchema, InferInput, InferOutput } from 'valibot'
import type { ErrorCode } from './errors.ts'

/**
 * The allowed callers. `any` accepts a visitor's bearer token or a member's cookie session; the
 * token wins.
 */
export type Auth = 'none' | 'visitor' | 'member' | 'any'

export interface EndpointSpec {
  /** WeChat's `wx.request` has no PATCH, so the API has none either. */
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Koa-router style, `:name` for a path parameter that must appear in `params`. */
  path: `/${string}`
  auth: Auth
  /** One line for the OpenAPI document. */
  summary: string
  params?: GenericSchema
  query?: GenericSchema
  body?: GenericSchema
  /**
   * `stream` = server-sent events whose `data` lines follow this schema; `file` = bytes, not JSON.
   */
  reply: GenericSchema | null
  kind?: 'json' | 'stream' | 'upload'
  /**
   * Whether the call takes an `Idempotency-Key` header. The same key gives the same result; another
   * body under it gets a 409.
   */
  idempotent?: boolean
  /** Errors beyond those of every endpoint (`commonErrors`). */
  errors: readonly ErrorCode[]
}

/**
 * Declares an endpoint. It keeps the literal types of the declaration, so that server and client
 * infer from it.
 */
export function endpoint<const E extends EndpointSpec>(spec: E): E {
  return spec
}

type In<S> = S extends GenericSchema ? InferInput<S> : undefined
type Out<S> = S extends GenericSchema ? InferOutput<S> : undefined
type Part<K extends string, T> = [T] extends [undefined]
  ? { [P in K]?: undefined }
  : { [P in K]: T }

/** What a client passes. A part that the declaration lacks is missing here too. */
export type CallInput<E extends EndpointSpec> = Part<'params', In<E['params']>> &
  Part<'query', In<E['query']>> &
  Part<'body', In<E['body']>> &
  (E['idempotent'] extends true ? { idempotencyKey: string } : { idempotencyKey?: undefined })

/** What a handler gets: every part parsed. */
export type HandlerInput<E extends EndpointSpec> = {
  params: Out<E['params']>
  query: Out<E['query']>
  body: Out<E['body']>
}

export type Reply<E extends EndpointSpec> = Out<E['reply']>
