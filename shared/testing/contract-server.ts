import * as v from 'valibot'
import type { EndpointSpec, HandlerInput, Reply } from '../contract/endpoint.ts'
import { commonErrors, type ErrorCode } from '../contract/errors.ts'
import { problems } from '../contract/problems.ts'

/** A request as it came over the wire; header names are lower-case. */
export interface Asked {
  method: string
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  body: unknown
}

export interface Answer {
  status: number
  body: unknown
}

/** Thrown instead of an answer: the connection broke, before or after the work was done. */
export class Lost extends Error {}

/** A handler throws it to refuse. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly fields: { field: string; message: string }[]

  constructor(code: ErrorCode, fields: { field: string; message: string }[] = []) {
    super(code)
    this.code = code
    this.fields = fields
  }
}

export interface ContractServerOptions {
  /** Throws a `Refusal` for a caller without permission. Not called for public endpoints. */
  admit?: (request: Asked) => void
  /** Calls to paths with this beginning fail in this way, while the entry exists. */
  failing?: Map<string, ErrorCode | 'network'>
}

interface Route {
  endpoint: EndpointSpec
  matches: RegExp
  names: string[]
  handle: (input: unknown) => unknown
}

/**
 * A server for tests of the apps that holds both sides to the contract. A handler's reply that does
 * not fit does not compile. It also parses requests and replies. It stores idempotent results, and
 * can lose connections.
 */
export class ContractServer {
  private readonly options: ContractServerOptions
  private readonly losing = new Map<string, number>()
  private readonly routes: Route[] = []
  private readonly kept = new Map<string, { body: string; reply: unknown }>()

  constructor(options: ContractServerOptions = {}) {
    this.options = options
  }

  /** Adds a handler; it replaces an earlier one of the same endpoint. */
  on<E extends EndpointSpec>(endpoint: E, handle: (input: HandlerInput<E>) => Reply<E>): this {
    this.routes.unshift({
      endpoint,
      names: [...endpoint.path.matchAll(/:(\w+)/g)].map((match) => String(match[1])),
      matches: new RegExp(`^${endpoint.path.replace(/:\w+/g, '([^/]+)')}$`),
      handle: (input) => handle(input as HandlerInput<E>),
    })
    return this
  }

  /** Loses the next answers to a path: the work is done, but the client never hears of it. */
  loseAnswersOf(path: string, times: number): void {
    this.losing.set(path, times)
  }

  /**
   * @throws Lost when no answer comes back
   * @throws Error when the request or the reply breaks the contract
   */
  readonly answer = (request: Asked): Answer => {
    const answer = this.reply(request)
    const left = this.losing.get(request.path) ?? 0
    if (left === 0) return answer
    this.losing.set(request.path, left - 1)
    throw new Lost('the answer was lost')
  }

  private reply(request: Asked): Answer {
    const route = this.routeOf(request)
    const { endpoint } = route
    try {
      this.failIfWanted(request)
      if (endpoint.auth !== 'none') this.options.admit?.(request)
      const values = route.matches.exec(request.path)?.slice(1).map(decodeURIComponent) ?? []
      const params = Object.fromEntries(route.names.map((name, index) => [name, values[index]]))
      const input = {
        params: parsed(endpoint.params, params, 'path'),
        query: parsed(endpoint.query, request.query, 'query'),
        body: parsed(endpoint.body, request.body, 'body'),
      }
      const run = () => route.handle(input)
      const body = endpoint.idempotent ? this.once(request, run) : run()
      if (endpoint.reply) parsed(endpoint.reply, body, `reply of ${endpoint.path}`)
      return { status: 200, body: body ?? null }
    } catch (failure) {
      if (failure instanceof Refusal) return problem(endpoint, failure)
      throw failure
    }
  }

  /** Of two matching routes, the one with fewer parameters: `/categories` before `/:id`. */
  private routeOf({ method, path }: Asked): Route {
    const matching = this.routes.filter(
      ({ endpoint, matches }) => endpoint.method === method && matches.test(path),
    )
    const [route] = matching.sort((one, other) => one.names.length - other.names.length)
    if (!route) throw new Error(`nobody answers ${method} ${path}`)
    return route
  }

  private failIfWanted({ path }: Asked): void {
    for (const [start, failure] of this.options.failing ?? []) {
      if (!path.startsWith(start)) continue
      throw failure === 'network' ? new Lost('cut') : new Refusal(failure)
    }
  }

  private once({ headers, body }: Asked, run: () => unknown): unknown {
    const key = headers['idempotency-key']
    if (!key) throw new Refusal('idempotency_key_missing')
    const sent = JSON.stringify(body)
    const before = this.kept.get(key)
    if (before && before.body !== sent) throw new Refusal('idempotency_conflict')
    const reply = before ? before.reply : run()
    this.kept.set(key, { body: sent, reply })
    return reply
  }
}

/** A real server would answer 400. Here the client or the test is wrong. */
function parsed(schema: v.GenericSchema | undefined, value: unknown, what: string): unknown {
  if (!schema) return undefined
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new Error(
    `the ${what} breaks the contract at ${v.getDotPath(issue) ?? '?'}: ${issue.message}`,
  )
}

function problem(endpoint: EndpointSpec, { code, fields }: Refusal): Answer {
  const declared: readonly ErrorCode[] = [...commonErrors, ...endpoint.errors]
  if (!declared.includes(code))
    throw new Error(`${endpoint.method} ${endpoint.path} does not declare ${code}`)
  const { status, title } = problems[code]
  return {
    status,
    body: {
      type: 'about:blank',
      title,
      status,
      code,
      detail: title,
      requestId: 'req-1',
      ...(fields.length > 0 ? { errors: fields } : {}),
    },
  }
}
