import type {
  AnswerForward,
  Call,
  Delivery,
  DeliveryRules,
  DeskEvent,
  DeskState,
  Fault,
  Invoke,
  IssueCode,
  LedgerRow,
  Message,
  OpenedWebview,
  OpenWebview,
  ScanOutcome,
  SceneName,
  SceneSet,
  SendMessage,
} from './api.ts'

/** The shapes of the doors. */
export type * from './api.ts'

/** A door said no: its sentence, and what was knocked at. */
export class SandboxRefusal extends Error {
  readonly status: number
  constructor(status: number, path: string, sentence: string) {
    super(`${path}: ${sentence}`)
    this.status = status
  }
}

export interface SandboxClient {
  origin: string
  /** The environment that points a server at the sandbox: base addresses, ids, secrets. */
  credentials: () => Promise<Record<string, string>>
  state: () => Promise<DeskState>
  /** The state, then every change, until `signal` aborts. */
  events: (signal?: AbortSignal) => AsyncGenerator<DeskEvent, undefined>
  reset: (scene?: SceneName) => Promise<SceneSet>
  /** Takes a snapshot under a name, or brings it back. */
  snapshot: (name: string) => Promise<{ name: string; takenAt: string }>
  restore: (name: string) => Promise<SceneSet>
  /** Moves the platforms' clock forward; returns their new time, ISO 8601. */
  advance: (seconds: number) => Promise<string>
  /**
   * What people and time do, e.g. `happen('contact.add', { memberId, customerId })`; `happenings()`
   * lists them.
   */
  happen: <T = Record<string, unknown>>(name: string, body?: Record<string, unknown>) => Promise<T>
  happenings: () => Promise<{ name: string; says: string }[]>
  say: (message: SendMessage) => Promise<Message>
  scan: (device: 'wecom' | 'wechat', userId: string, text: string) => Promise<ScanOutcome>
  open: (wish: OpenWebview) => Promise<OpenedWebview>
  forward: (answer: AnswerForward) => Promise<void>
  /** A login code without a browser. */
  code: (wish: IssueCode) => Promise<string>
  /** `path` fails the next `times` calls. */
  fail: (path: string, how: Fault['how'] & { times?: number }) => Promise<Fault>
  heal: () => Promise<void>
  revokeTokens: (service?: 'wecom' | 'wechat') => Promise<number>
  revokeTickets: () => Promise<number>
  /** Saves a callback address after it has answered the echostr. */
  callback: (
    receiver: string,
    address: { url: string; token: string; aesKey: string },
  ) => Promise<void>
  deliveries: (filter?: { receiver?: string; event?: string }) => Promise<Delivery[]>
  replay: (deliveryId: string) => Promise<Delivery>
  deliveryRules: (rules: DeliveryRules) => Promise<DeliveryRules>
  calls: (filter?: { service?: 'wecom' | 'wechat'; path?: string }) => Promise<Call[]>
  invokes: (filter?: { webview?: string; name?: string }) => Promise<Invoke[]>
  ledger: () => Promise<LedgerRow[]>
  /** Any other door, e.g. `door('POST', 'visible-range', { memberIds: [] })`. */
  door: <T = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>
}

/**
 * A typed client of the doors of a running sandbox, for tests of any project. `origin` is e.g.
 * `http://localhost:3100`.
 */
export function connectSandbox(origin: string): SandboxClient {
  const base = origin.replace(/\/$/, '')

  async function knock<T>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await fetch(`${base}/_sandbox/${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    })
    const text = await reply.text()
    const parsed = parse(text)
    if (!reply.ok)
      throw new SandboxRefusal(reply.status, path, sentenceOf(parsed) ?? `HTTP ${reply.status}`)
    return parsed as T
  }
  const get = <T>(path: string, filter: Record<string, string | undefined> = {}) => {
    const given = Object.entries(filter).filter(
      (one): one is [string, string] => one[1] !== undefined,
    )
    return knock<T>('GET', given.length > 0 ? `${path}?${new URLSearchParams(given)}` : path)
  }
  const post = <T>(path: string, body: unknown = {}) => knock<T>('POST', path, body)
  const items = async <T>(path: string, filter?: Record<string, string | undefined>) =>
    (await get<{ items: T[] }>(path, filter)).items

  return {
    origin: base,
    credentials: async () => (await get<{ env: Record<string, string> }>('credentials')).env,
    state: () => get('state'),
    events: (signal) => readStream(`${base}/_sandbox/stream`, signal),
    reset: (scene) => post('reset', scene === undefined ? {} : { scene }),
    snapshot: (name) => post('snapshots', { name }),
    restore: (name) => post('snapshots/restore', { name }),
    advance: async (seconds) =>
      (await post<{ now: string }>('clock', { advanceSeconds: seconds })).now,
    happen: (name, body = {}) => post(`happenings/${name}`, body),
    happenings: () => items('happenings'),
    say: (message) => post('messages', message),
    scan: (device, userId, text) => post('scans', { device, userId, text }),
    open: (wish) => post('webviews', wish),
    forward: async (answer) => void (await post('forwards', answer)),
    code: async (wish) => (await post<{ code: string }>('codes', wish)).code,
    fail: (path, how) => post('faults', { path, ...how }),
    heal: async () => void (await knock('DELETE', 'faults')),
    revokeTokens: async (service) =>
      (await post<{ revoked: number }>('tokens/revoke', service === undefined ? {} : { service }))
        .revoked,
    revokeTickets: async () => (await post<{ revoked: number }>('tickets/revoke')).revoked,
    callback: async (receiver, address) => void (await post('callbacks', { receiver, ...address })),
    deliveries: (filter) => items('deliveries', filter),
    replay: (id) => post(`deliveries/${id}/replay`),
    deliveryRules: (rules) => post('delivery-rules', rules),
    calls: (filter) => items('calls', filter),
    invokes: (filter) => items('invokes', filter),
    ledger: () => items('ledger'),
    door: knock,
  }
}

async function* readStream(
  url: string,
  signal?: AbortSignal,
): AsyncGenerator<DeskEvent, undefined> {
  yield* readEvents(await fetch(url, signal ? { signal } : {}))
  return undefined
}

/** The events of `GET /_sandbox/stream` as they come. */
export async function* readEvents(reply: Response): AsyncGenerator<DeskEvent, undefined> {
  const reader = reply.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const part = await reader?.read()
    if (!part || part.done) return undefined
    text += decoder.decode(part.value, { stream: true })
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events)
      if (event.startsWith('data: ')) yield JSON.parse(event.slice('data: '.length)) as DeskEvent
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function sentenceOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('error' in body)) return undefined
  return typeof body.error === 'string' ? body.error : undefined
}
