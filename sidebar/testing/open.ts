import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { ref } from 'vue'
import { createMemoryHistory } from 'vue-router'
import { makeCall } from '../../shared/client/call.ts'
import type { PushMessage } from '../../shared/contract/materials.ts'
import App from '../App.vue'
import type { ErrorCode } from '../../shared/contract/errors.ts'
import { problems } from '../../shared/contract/problems.ts'
import { appKey, type AppContext, type EventStream } from '../bridge/app.ts'
import { type Lines, ownLines } from '../bridge/lines.ts'
import { BridgeError } from '../bridge/causes.ts'
import type { Bridge, Entry, PushResult } from '../bridge/sdk.ts'
import { signInOnce, type SignInPlace } from '../bridge/sign-in.ts'
import { makeSigner } from '../bridge/signatures.ts'
import { makeRouter } from '../router.ts'
import { serverOf, today, type World } from './world.ts'

// A page that goes away sends by `fetch`. In a test that reaches nobody, as if the network were
// gone.
globalThis.fetch = () => Promise.reject(new TypeError('no network in tests'))

/** The live stream of a test: the test sends the server's messages by hand. */
export class HandStream implements EventStream {
  onopen: EventStream['onopen'] = null
  onerror: EventStream['onerror'] = null
  readyState = 0
  closed = false
  readonly address: string
  private readonly listeners = new Map<
    string,
    (event: { data: string; lastEventId: string }) => void
  >()

  constructor(address: string) {
    this.address = address
  }

  addEventListener(
    type: 'moment' | 'reload' | 'end',
    listener: (event: { data: string; lastEventId: string }) => void,
  ): void {
    this.listeners.set(type, listener)
  }
  close(): void {
    this.closed = true
  }
  opened(): void {
    this.readyState = 1
    this.onopen?.(new Event('open'))
  }
  send(moment: unknown, lastEventId: string): void {
    this.listeners.get('moment')?.({ data: JSON.stringify(moment), lastEventId })
  }
  /** Identities joined or left the person. */
  reload(lastEventId: string): void {
    this.listeners.get('reload')?.({ data: '{}', lastEventId })
  }
  /** The server ended the stream and said why. */
  end(code: ErrorCode): void {
    const { status, title } = problems[code]
    const problem = { type: code, title, status, code, detail: title }
    this.listeners.get('end')?.({ data: JSON.stringify(problem), lastEventId: '' })
  }
  /** The server refused: the browser gives up. */
  refused(): void {
    this.readyState = 2
    this.onerror?.(new Event('error'))
  }
  /** The connection broke; the browser tries again by itself. */
  broke(): void {
    this.readyState = 0
    this.onerror?.(new Event('error'))
  }
}

export interface Opened {
  app: VueWrapper
  streams: HandStream[]
  /** The address to which the page went to sign in. */
  left: string[]
  pushed: PushMessage[]
  goTo: (path: string) => Promise<void>
}

export interface OpenOptions {
  path?: string
  inWecom?: boolean
  /** An entry, or the cause why there is none. */
  entry?: Entry | BridgeError
  push?: () => Promise<PushResult>
  lines?: Lines
}

export const inChat: Entry = { entry: 'single_chat_tools', target: { externalUserId: 'wmLinYue' } }

/**
 * Opens the whole sidebar on a world with real pages, stores, router and client. Only the WeCom
 * client and the wire belong to the test.
 */
export async function openSidebar(world: World, options: OpenOptions = {}): Promise<Opened> {
  const {
    path = '/contact',
    inWecom = true,
    entry = inChat,
    push = () => Promise.resolve({ state: 'sent' as const }),
  } = options
  const streams: HandStream[] = []
  const left: string[] = []
  const pushed: PushMessage[] = []
  const kept = new Map<string, string>()
  const place: SignInPlace = {
    here: () => `/sidebar/?corp=ww1#${router.currentRoute.value.fullPath}`,
    page: () => 'https://crm.test/sidebar/?corp=ww1',
    go: (address) => left.push(address),
    now: () => Date.parse(today),
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
  }
  const bridge: Bridge = {
    inWecom,
    detectEntry: () =>
      entry instanceof BridgeError ? Promise.reject(entry) : Promise.resolve(entry),
    push: (message) => {
      pushed.push(message)
      return push()
    },
    openProfile: () => Promise.resolve(),
    previewImage: () => Promise.resolve(),
    closeWindow: () => Promise.resolve(),
  }
  const call = makeCall({
    transport: serverOf(world),
    renew: () => (inWecom ? signInOnce(place) : Promise.resolve(false)),
  })
  let keys = 0
  const partMissing = ref(false)
  const context: AppContext = {
    call,
    signer: makeSigner(call),
    inWecom,
    connect: () => bridge,
    place,
    openStream: (address) => {
      const stream = new HandStream(address)
      streams.push(stream)
      return stream
    },
    lines: options.lines ?? ownLines,
    now: () => Date.parse(today),
    newKey: () => `key-${++keys}`,
    partMissing,
  }
  const router = makeRouter(createMemoryHistory())
  await router.push(path)
  const app = mount(App, {
    global: { plugins: [createPinia(), router], provide: { [appKey as symbol]: context } },
    attachTo: document.body,
  })
  await settled()
  return {
    app,
    streams,
    left,
    pushed,
    goTo: async (to) => {
      await router.push(to)
      await settled()
    },
  }
}

/** Waits for lazy pages and several calls in a row. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 12; i++) await flushPromises()
}
