import {
  inject,
  onScopeDispose,
  provide,
  ref,
  shallowRef,
  type InjectionKey,
  type Ref,
  type ShallowRef,
} from 'vue'
import type {
  AnswerChoice,
  AnswerForward,
  Card,
  ClientAction,
  DeskState,
  LocationPermission,
  Network,
  OpenedWebview,
  OpenWebview,
  Party,
  Position,
  SceneName,
  ScanOutcome,
} from '../../api.ts'
import { knock } from './door.ts'
import { patched } from './patch.ts'
import { followStream, type Source, type StreamStatus } from './stream.ts'

export interface World {
  /** The whole sandbox as it last said it was; null until the first word. */
  state: Readonly<ShallowRef<DeskState | null>>
  status: Readonly<Ref<StreamStatus>>
  /** Failed attempts to reach the stream in a row. */
  failures: Readonly<Ref<number>>
  /** What to add to this machine's clock to have the sandbox's, in milliseconds. */
  skew: Readonly<Ref<number>>
  /** The last thing that did not work, to be shown once. */
  problem: Ref<string | null>
  retry(): void
  /** Called for each wish of a page; gives a function that ends it. */
  onAction(listener: (webviewId: string, action: ClientAction) => void): void
  openWebview(request: OpenWebview): Promise<OpenedWebview>
  closeWebview(id: string): void
  say(conversationId: string, from: Party, card: Card): Promise<boolean>
  answerForward(answer: AnswerForward): Promise<boolean>
  answerLocation(id: string, allow: boolean): Promise<boolean>
  holdWecom(memberId: string): Promise<boolean>
  setPhone(change: {
    customerId?: string
    locationPermission?: LocationPermission
    position?: Position
    network?: Network
  }): Promise<boolean>
  /** What people and time do: the reply, or null when the sandbox refused. */
  happen(name: string, body: object): Promise<Record<string, unknown> | null>
  /** Names of the happenings that this sandbox plays. */
  happenings(): Promise<string[]>
  /**
   * The phone reads a code; null when the sandbox refused. `isLooking`: somebody new is not added
   * or followed yet.
   */
  scan(customerId: string, code: string, isLooking: boolean): Promise<ScanOutcome | null>
  addFollow(memberId: string, customerId: string): Promise<boolean>
  /** What the person chose when a page asked. */
  answerChoice(answer: AnswerChoice): Promise<boolean>
  /** What befalls the platforms: each is one of their doors. */
  advance(seconds: number): Promise<boolean>
  setVisible(memberIds: string[]): Promise<boolean>
  trust(hosts: string[]): Promise<boolean>
  revoke(what: 'tokens' | 'tickets'): Promise<boolean>
  reset(scene?: SceneName): Promise<boolean>
  /**
   * How often this desk began a scene anew: what lies over its windows belongs to the world before.
   */
  resets: Readonly<Ref<number>>
}

const key: InjectionKey<World> = Symbol('world')

/** Milliseconds between two drawings. */
const shortestPause = 60

export interface WorldParts {
  connect?: () => Source
  send?: typeof fetch
}

/**
 * Follows the sandbox for as long as the calling scope lives, and hands it to every component
 * below.
 */
export function provideWorld({
  connect = () => new EventSource('/_sandbox/stream'),
  send = (...args) => fetch(...args),
}: WorldParts = {}): World {
  const state = shallowRef<DeskState | null>(null)
  const status = ref<StreamStatus>('opening')
  const failures = ref(0)
  const skew = ref(0)
  const problem = ref<string | null>(null)
  const resets = ref(0)
  const listeners = new Set<(webviewId: string, action: ClientAction) => void>()

  /** As it was last said; shown at once or, when much happens, with what follows. */
  let latest: DeskState | null = null
  let pause: ReturnType<typeof setTimeout> | undefined

  function show(next: DeskState) {
    latest = next
    if (state.value !== next) state.value = next
  }

  /**
   * The first of many changes is shown at once, the others together: fifty messages in a row are
   * not fifty drawings of the whole desk.
   */
  function showSoon(next: DeskState) {
    latest = next
    if (pause !== undefined) return
    show(next)
    pause = setTimeout(() => {
      pause = undefined
      if (latest && latest !== state.value) showSoon(latest)
    }, shortestPause)
  }
  onScopeDispose(() => clearTimeout(pause))

  const stream = followStream({
    connect,
    onEvent(event) {
      if (event.type === 'action') {
        if (latest) show(latest)
        for (const listener of listeners) listener(event.webviewId, event.action)
        return
      }
      skew.value = Date.parse(event.state.clock.now) - Date.now()
      if (event.type === 'state') show(event.state)
      else if (latest) showSoon(patched(latest, event))
    },
    onStatus(next, count) {
      status.value = next
      failures.value = count
    },
    later(run, ms) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  })
  onScopeDispose(() => stream.stop())

  async function ask<Reply>(path: string, body: unknown): Promise<Reply | null> {
    try {
      return await knock<Reply>('POST', path, body, send)
    } catch (cause) {
      problem.value = cause instanceof Error ? cause.message : String(cause)
      return null
    }
  }

  async function attempt(path: string, body: unknown): Promise<boolean> {
    return (await ask(path, body)) !== null
  }

  const world: World = {
    state,
    status,
    failures,
    skew,
    problem,
    retry: () => stream.retry(),
    onAction(listener) {
      listeners.add(listener)
      onScopeDispose(() => listeners.delete(listener))
    },
    openWebview: (request) => knock('POST', '/webviews', request, send),
    closeWebview(id) {
      // A webview that the sandbox has forgotten (after a reset) is closed just as well.
      knock('DELETE', `/webviews/${encodeURIComponent(id)}`, undefined, send).catch(() => undefined)
    },
    say: (conversationId, from, card) => attempt('/messages', { conversationId, from, card }),
    answerForward: (answer) => attempt('/forwards', answer),
    answerLocation: (id, allow) => attempt('/location-answers', { id, allow }),
    holdWecom: (memberId) => attempt('/devices/wecom', { memberId }),
    happen: (name, body) => ask(`/happenings/${name}`, body),
    async happenings() {
      const { items = [] } = await knock<{ items?: { name: string }[] }>(
        'GET',
        '/happenings',
        undefined,
        send,
      )
      return items.map(({ name }) => name)
    },
    scan: (customerId, code, isLooking) =>
      ask('/scans', { device: 'wechat', userId: customerId, text: code, isLooking }),
    setPhone: (change) => attempt('/devices/wechat', change),
    addFollow: (memberId, customerId) => attempt('/follows', { memberId, customerId }),
    answerChoice: (answer) => attempt('/choices', answer),
    advance: (advanceSeconds) => attempt('/clock', { advanceSeconds }),
    setVisible: (memberIds) => attempt('/visible-range', { memberIds }),
    trust: (hosts) => attempt('/trusted-hosts', { hosts }),
    revoke: (what) => attempt(`/${what}/revoke`, {}),
    async reset(scene) {
      const isDone = await attempt('/reset', scene ? { scene } : {})
      if (isDone) resets.value++
      return isDone
    },
    resets,
  }
  provide(key, world)
  return world
}

export function useWorld(): World {
  const world = inject(key)
  if (!world) throw new Error('useWorld() is called outside of the desk')
  return world
}
