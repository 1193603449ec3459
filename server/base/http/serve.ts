import { parse } from 'node:querystring'
import type { Context as KoaContext } from 'koa'
import compress from 'koa-compress'
import * as v from 'valibot'
import type { Auth, EndpointSpec, HandlerInput, Reply } from '../../../shared/contract/endpoint.ts'
import { commonErrors, type ErrorCode } from '../../../shared/contract/errors.ts'
import type { Context } from '../context.ts'
import type { ApiRouter } from './api-router.ts'
import { jsonLimit, readJson } from './body.ts'
import { fail, Problem } from '../problem.ts'
import { allow } from './rate-limits.ts'
import { identify } from './session/identify.ts'
import type { MemberSubject, Subject, VisitorSubject } from './session/sessions.ts'
import { expectVisitor } from './session/visitors.ts'

type SessionOf<A extends Auth> = A extends 'visitor'
  ? VisitorSubject
  : A extends 'member'
    ? MemberSubject
    : A extends 'any'
      ? Subject
      : null

export type ServeInput<E extends EndpointSpec> = HandlerInput<E> & {
  readonly session: SessionOf<E['auth']>
  /** Present and well-formed exactly when the endpoint is `idempotent`. */
  readonly idempotencyKey: E['idempotent'] extends true ? string : undefined
  readonly request: RequestFacts
}

/** Facts about a request, looked up on demand: most handlers need none of them. */
class RequestFacts {
  readonly #koa: KoaContext

  constructor(koa: KoaContext) {
    this.#koa = koa
  }

  get id(): string {
    return this.#koa.requestId
  }

  get ip(): string {
    return this.#koa.ip
  }

  /** Returns '' when the header is missing. */
  header(name: string): string {
    return this.#koa.get(name)
  }
}

export type Handler<E extends EndpointSpec> = (
  input: ServeInput<E>,
  ctx: Context,
) => Promise<Reply<E>> | Reply<E>
export type RawHandler<E extends EndpointSpec> = (
  input: ServeInput<E>,
  ctx: Context,
  koa: KoaContext,
) => Promise<void> | void

export interface ServeOptions {
  /** The largest JSON body, in bytes; 1 MB by default. */
  bodyLimit?: number
  /** How much of the caller's rate limit one call takes; 1 by default, 0 = nothing. */
  cost?: number
  /**
   * Whether answers over a kilobyte are compressed when the client can read that. Lists are
   * compressed by default.
   */
  compress?: boolean
}

/**
 * Registers the one handler of an endpoint. The contract parses what the handler gets and what it
 * returns. Unknown fields of a reply are dropped, so an extra column of a row cannot leak.
 */
export function serve<const E extends EndpointSpec>(
  router: ApiRouter,
  endpoint: E,
  handler: Handler<E>,
  options: ServeOptions = {},
): void {
  const { reply } = endpoint
  const packs = options.compress ?? isPage(reply)
  register(router, endpoint, options, async (input, koa) => {
    await (packs ? packed(koa, () => answer(input, koa)) : answer(input, koa))
  })

  async function answer(input: unknown, koa: KoaContext): Promise<void> {
    const result = await handler(input as ServeInput<E>, router.ctx)
    if (reply === null) {
      koa.status = 204
      return
    }
    const parsed = v.safeParse(reply, result)
    if (!parsed.success) {
      throw new Error(
        `${endpoint.method} ${endpoint.path} answered against its contract: ${v.summarize(parsed.issues)}`,
      )
    }
    const json = JSON.stringify(parsed.output)
    koa.res.setHeader('Content-Type', 'application/json; charset=utf-8')
    if (packs) koa.body = json
    else end(koa, json)
  }
}

/** The shortest way to answer. Koa's own way checks for kinds of bodies that we never send. */
function end(koa: KoaContext, json: string): void {
  koa.respond = false
  koa.res.statusCode = 200
  koa.res.setHeader('Content-Length', Buffer.byteLength(json))
  koa.res.end(json)
}

const packed = compress({ threshold: 1024 })

/** Whether the reply is a list, `{items, …}`. */
function isPage(reply: v.GenericSchema | null): boolean {
  return reply !== null && 'entries' in reply && 'items' in Object(reply.entries)
}

/**
 * For streams and uploads: the handler reads the request and writes the answer itself. Every step
 * before the handler is the same as in `serve`.
 */
export function serveRaw<const E extends EndpointSpec>(
  router: ApiRouter,
  endpoint: E,
  handler: RawHandler<E>,
  options: ServeOptions = {},
): void {
  register(router, endpoint, options, async (input, koa) => {
    const answer = async () => handler(input as ServeInput<E>, router.ctx, koa)
    await (options.compress ? packed(koa, answer) : answer())
  })
}

function register(
  router: ApiRouter,
  endpoint: EndpointSpec,
  { bodyLimit = jsonLimit, cost = 1 }: ServeOptions,
  answer: (input: unknown, koa: KoaContext) => Promise<void>,
): void {
  const { ctx } = router
  const patienceMs = ctx.config.clientPatienceMs
  const readsBody = endpoint.body !== undefined
  const codes = new Set<ErrorCode>([...commonErrors, ...endpoint.errors])
  if (endpoint.idempotent)
    for (const code of ['idempotency_key_missing', 'idempotency_conflict'] as const) codes.add(code)

  async function handle(koa: KoaContext): Promise<void> {
    koa.res.setHeader('Cache-Control', 'no-store')
    const session = await identify(ctx, koa, endpoint.auth)
    if (cost > 0) await allow(ctx, koa, session, cost)
    // Endpoints that anybody may call check the visitor themselves. Tracking, the busiest of them,
    // does this in its own statement.
    if (endpoint.auth === 'visitor' && session?.kind === 'visitor')
      await expectVisitor(ctx, session.identityId)
    const params = endpoint.params ? parsePart(endpoint.params, koa.params) : undefined
    const query = endpoint.query ? parsePart(endpoint.query, singleValues(koa)) : undefined
    const idempotencyKey = endpoint.idempotent ? readIdempotencyKey(koa) : undefined
    const body =
      readsBody && endpoint.body
        ? parsePart(endpoint.body, await readJson(koa, { bytes: bodyLimit, patienceMs }))
        : undefined
    await answer(
      { params, query, body, session, idempotencyKey, request: new RequestFacts(koa) },
      koa,
    )
  }

  router.add(endpoint, async (koa) => {
    try {
      await handle(koa)
    } catch (error) {
      if (!(error instanceof Problem) || codes.has(error.code)) throw error
      // Clients know only the codes that the contract names for this endpoint.
      throw new Error(
        `${endpoint.method} ${endpoint.path} failed against its contract with ${error.code}: ${error.message}`,
        {
          cause: error,
        },
      )
    }
  })
}

function parsePart(schema: v.GenericSchema, value: unknown): unknown {
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return parsed.output
  const errors = parsed.issues.slice(0, 20).map((issue) => ({
    field: v.getDotPath(issue) ?? '',
    // valibot's own words for a field that a strict object does not know
    message:
      issue.type === 'strict_object' && issue.expected === 'never'
        ? 'is not a field of this request'
        : issue.message,
  }))
  fail(
    'invalid_request',
    errors.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; '),
    { errors },
  )
}

/** A parameter that is given twice is an error; we do not pick the last one. */
function singleValues(koa: KoaContext): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(parse(koa.querystring))) {
    if (typeof value !== 'string')
      fail('invalid_request', `${name}: given more than once`, {
        errors: [{ field: name, message: 'given more than once' }],
      })
    values[name] = value
  }
  return values
}

function readIdempotencyKey(koa: KoaContext): string {
  const key = koa.get('Idempotency-Key')
  if (!key)
    fail(
      'idempotency_key_missing',
      'Send an Idempotency-Key header: a UUID that stays the same when the call is repeated',
    )
  if (!/^[\w-]{8,128}$/.test(key)) {
    fail('invalid_request', 'Idempotency-Key: must be 8 to 128 letters, digits, - or _', {
      errors: [{ field: 'Idempotency-Key', message: 'must be 8 to 128 letters, digits, - or _' }],
    })
  }
  return key
}
