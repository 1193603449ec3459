import * as v from 'valibot'
import type { EndpointSpec, HandlerInput, Reply } from '../../shared/contract/endpoint.ts'
import { type ErrorCode, errors } from '../../shared/contract/errors.ts'
import {
  chooseTracking,
  erasePerson,
  exportPersonalData,
  getPrivacy,
  type PrivacyChoice,
  privacyTextVersion,
} from '../../shared/contract/privacy.ts'
import { createMiniprogramSession, getSettings } from '../../shared/contract/session.ts'
import { track, TrackedEvent, trackingIsOff } from '../../shared/contract/track.ts'
import { type Answer, Lost, type SentRequest, type Server } from './phone.ts'

/** What a handler throws to refuse. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly fields: { field: string; message: string }[]

  constructor(code: ErrorCode, fields: { field: string; message: string }[] = []) {
    super(code)
    this.code = code
    this.fields = fields
  }
}

interface Call {
  headers: Record<string, string>
}

interface Route {
  endpoint: EndpointSpec
  matches: RegExp
  names: string[]
  handle(input: unknown, call: Call): unknown
}

/**
 * A server in a few lines that holds the bundle to the contract: what the bundle sends is parsed by
 * it, and what it is answered too. It knows tokens, keeps idempotent results and tracked events,
 * and can lose connections.
 */
export class ContractServer {
  readonly events: TrackedEvent[] = []
  /** Tokens that are not accepted any more. */
  readonly expired = new Set<string>()
  logins = 0
  choice: PrivacyChoice = {
    textVersion: privacyTextVersion,
    tracking: true,
    decidedAt: null,
    agreedTo: null,
  }
  erased = 0
  private readonly losing = new Map<string, number>()
  private readonly routes: Route[] = []
  private readonly kept = new Map<string, { body: string; reply: unknown }>()
  private readonly tokens = new Set<string>()

  constructor() {
    this.on(getSettings, () => ({
      corpName: '启明机电',
      miniprogramAppId: null,
      mapTilesUrl: null,
    }))
    this.on(createMiniprogramSession, () => {
      this.logins += 1
      const token = `token-${this.logins}`
      this.tokens.add(token)
      // Whoever was erased comes back as somebody else.
      const id = `01900000-0000-7000-8000-00000000000${1 + this.erased}`
      return {
        token,
        expiresAt: '2099-01-01T00:00:00.000Z',
        session: { kind: 'visitor' as const, corp: { id: 'ww1' }, identityId: id, personId: id },
      }
    })
    this.on(track, ({ body }) => {
      const known = new Set(this.events.map((event) => event.id))
      const parsed = body.events.map((event) => v.parse(TrackedEvent, event))
      if (!this.choice.tracking)
        return {
          accepted: 0,
          refused: parsed.map(({ id }, index) => ({ index, id, field: '', reason: trackingIsOff })),
        }
      this.events.push(...parsed.filter((event) => !known.has(event.id)))
      return { accepted: parsed.length, refused: [] }
    })
    this.on(getPrivacy, () => this.choice)
    this.on(chooseTracking, ({ body }) => {
      const { agreed, textVersion } = body
      this.choice = {
        ...this.choice,
        tracking: agreed,
        decidedAt: '2026-11-21T08:00:00.000Z',
        agreedTo: agreed ? textVersion : null,
      }
      return this.choice
    })
    this.on(exportPersonalData, () => {
      const personId = '01900000-0000-7000-8000-0000000000ff'
      const none = {
        identities: [],
        evidence: [],
        contacts: [],
        consents: [],
        shares: [],
        photos: [],
        workorders: [],
      }
      return {
        exportedAt: '2026-11-21T08:00:00.000Z',
        personId,
        ...none,
        moments: [{ id: 'one' }],
        events: this.events.map((event) => ({ ...event })),
      }
    })
    this.on(erasePerson, () => {
      this.erased += 1
      this.events.length = 0
      this.tokens.clear()
      return { state: 'done' as const }
    })
  }

  on<E extends EndpointSpec>(
    endpoint: E,
    handle: (input: HandlerInput<E>, call: Call) => Reply<E>,
  ): this {
    const names = [...endpoint.path.matchAll(/:(\w+)/g)].map((match) => String(match[1]))
    const matches = new RegExp(`^${endpoint.path.replace(/:\w+/g, '([^/]+)')}$`)
    this.routes.unshift({
      endpoint,
      names,
      matches,
      handle: (input, call) => handle(input as HandlerInput<E>, call),
    })
    return this
  }

  /** Loses the next answers to a path: what was asked is done, but the phone never hears of it. */
  loseAnswersOf(path: string, times: number): void {
    this.losing.set(path, times)
  }

  readonly answer: Server = (request) => {
    const answer = this.reply(request)
    const left = this.losing.get(request.path) ?? 0
    if (left === 0) return answer
    this.losing.set(request.path, left - 1)
    throw new Lost('the answer was lost')
  }

  private reply(request: SentRequest): Answer {
    const route = this.routes.find(
      ({ endpoint, matches }) => endpoint.method === request.method && matches.test(request.path),
    )
    if (!route) throw new Error(`nobody answers ${request.method} ${request.path}`)
    try {
      const { endpoint } = route
      if (endpoint.auth !== 'none') this.admit(request)
      const values = route.matches.exec(request.path)?.slice(1).map(decodeURIComponent) ?? []
      const params = Object.fromEntries(route.names.map((name, index) => [name, values[index]]))
      const input = {
        params: parse(endpoint.params, params),
        query: parse(endpoint.query, request.query),
        body: parse(endpoint.body, request.body),
      }
      const run = () => route.handle(input, { headers: request.headers })
      const body = endpoint.idempotent ? this.once(request, run) : run()
      if (endpoint.reply) v.parse(endpoint.reply, body)
      return { status: 200, body }
    } catch (failure) {
      if (failure instanceof Refusal) return problem(failure.code, failure.fields)
      throw failure
    }
  }

  private admit({ headers }: SentRequest): void {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? ''
    if (this.expired.has(token)) throw new Refusal('session_expired')
    if (!this.tokens.has(token)) throw new Refusal('unauthenticated')
  }

  private once({ headers, body }: SentRequest, run: () => unknown): unknown {
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

function parse(schema: v.GenericSchema | undefined, value: unknown): unknown {
  if (!schema) return undefined
  const parsed = v.safeParse(schema, value)
  if (parsed.success) return parsed.output
  // A real server would answer 400; here it means that the bundle broke the contract.
  throw new Error(
    `the request breaks the contract at ${v.getDotPath(parsed.issues[0]) ?? '?'}: ${parsed.issues[0].message}`,
  )
}

function problem(code: ErrorCode, fields: { field: string; message: string }[]): Answer {
  const { status, title } = errors[code]
  return {
    status,
    body: {
      type: `about:${code}`,
      title,
      status,
      code,
      detail: title,
      ...(fields.length > 0 ? { errors: fields } : {}),
    },
  }
}
