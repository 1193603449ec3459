import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import type { DetachedWindowAPI } from 'happy-dom'
import type { DeskEvent, DeskState, OpenWebview } from '../../api.ts'
import DeskApp from '../DeskApp.vue'
import type { Source } from '../world/stream.ts'

export interface Knock {
  method: string
  path: string
  body: unknown
}

export interface TestDesk {
  wrapper: VueWrapper
  /** Every request to a door, in order. */
  knocks: Knock[]
  /** The connections that the desk has opened; the last one is the present one. */
  sources: Source[]
  /** What the sandbox says next. */
  say(event: DeskEvent): Promise<void>
  show(state: DeskState): Promise<void>
  /** Answer for the next request to a path. */
  refuse(path: string, error: string): void
  /** What the next request to a path gives. */
  answer(path: string, reply: unknown): void
  /** What happens before the next webview is answered. */
  beforeNextWebview(run: () => Promise<void>): void
  /** What was opened, without the client's own settings. */
  webviewRequests(): OpenWebview[]
  /** Those settings, of each webview that was opened. */
  clientSettings(): Pick<OpenWebview, 'language' | 'theme'>[]
}

/** The whole desk against a sandbox that is only its two wires: the stream and the doors. */
export async function openDesk(first?: DeskState): Promise<TestDesk> {
  const browser = (window as unknown as { happyDOM: DetachedWindowAPI }).happyDOM
  browser.setViewport({ width: 1440, height: 900 })
  // The frames' pages belong to others; nothing is to be fetched for them here.
  browser.settings.navigation.disableChildFrameNavigation = true
  // happy-dom lays nothing out; without a height a list shows no line.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', {
    configurable: true,
    get: () => 600,
  })
  const knocks: Knock[] = []
  const sources: Source[] = []
  const refusals = new Map<string, string>()
  const replies = new Map<string, unknown>()
  let opened = 0
  let before: (() => Promise<void>) | null = null

  const send = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const path = String(input).replace('/_sandbox', '')
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined
    knocks.push({ method: init?.method ?? 'GET', path, body })
    const error = refusals.get(path)
    if (error) {
      refusals.delete(path)
      return new Response(JSON.stringify({ error }), { status: 400 })
    }
    if (replies.has(path)) {
      const reply = replies.get(path)
      // What is only read stays as it is until somebody says otherwise.
      if (init?.method !== 'GET') replies.delete(path)
      return new Response(JSON.stringify(reply))
    }
    if (path !== '/webviews') return new Response('{"ok":true}')
    opened += 1
    const id = `wv${opened}`
    const wait = before
    before = null
    await wait?.()
    return new Response(JSON.stringify({ id, src: `about:blank#${id}` }))
  }

  const wrapper = mount(DeskApp, {
    attachTo: document.body,
    props: {
      parts: {
        send,
        connect() {
          const source: Source = {
            onopen: null,
            onmessage: null,
            onerror: null,
            close: () => undefined,
          }
          sources.push(source)
          return source
        },
      },
    },
  })

  const desk: TestDesk = {
    wrapper,
    knocks,
    sources,
    async say(event) {
      const source = sources.at(-1)
      source?.onopen?.(new Event('open'))
      source?.onmessage?.(new MessageEvent('message', { data: JSON.stringify(event) }))
      await flushPromises()
    },
    show: (state) => desk.say({ type: 'state', state }),
    refuse: (path, error) => void refusals.set(path, error),
    answer: (path, reply) => void replies.set(path, reply),
    beforeNextWebview(run) {
      before = run
    },
    webviewRequests: () =>
      knocks
        .filter((knock) => knock.path === '/webviews')
        .map((knock) => {
          const { language: _language, theme: _theme, ...rest } = knock.body as OpenWebview
          return rest
        }),
    clientSettings: () =>
      knocks
        .filter((knock) => knock.path === '/webviews')
        .map((knock) => {
          const { language, theme } = knock.body as OpenWebview
          return { ...(language && { language }), ...(theme && { theme }) }
        }),
  }
  if (first) await desk.show(first)
  return desk
}
