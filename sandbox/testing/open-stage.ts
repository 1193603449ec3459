import type { Browser, Frame, Page } from '@playwright/test'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { OpenWebview } from '../api.ts'
import { home } from '../home.ts'
import { startSandbox } from '../start.ts'
import { openBrowser, openFrame } from './open-browser.ts'
import { operate, type OpenedSandbox } from './open-sandbox.ts'

export type Outcome = Record<string, unknown>

/**
 * A sandbox, a browser with a page that plays the desk, and behind the webview a server with
 * nothing but the vendor's SDK on its pages.
 */
export interface Stage {
  sandbox: OpenedSandbox
  browser: Browser
  desk: Page
  close: () => Promise<void>
}

/** The vendor's own SDK, unmodified. */
const sdk = readFileSync(new URL('../node_modules/@wecom/jssdk/dist/wecom.global.js', home))
const page =
  '<!doctype html><html><head><title>客户</title><script>window.early = navigator.userAgent</script><script src="/sdk.js"></script></head><body></body></html>'

export async function openStage(): Promise<Stage> {
  const server = createServer((request, response) => {
    if (request.url === '/sdk.js')
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(sdk)
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const started = await startSandbox({
    upstream: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`],
  })
  const browser = await openBrowser()
  const desk = await browser.newPage()
  await desk.goto(`${started.webviewOrigin}/desk`)
  const close = async () => {
    await browser.close()
    await started.close()
    server.closeAllConnections()
    server.close()
  }
  return { sandbox: await operate(started), browser, desk, close }
}

/** A page in a client's window, gone at the end of the test. */
export async function show(
  { desk, sandbox }: Stage,
  wish: OpenWebview,
): Promise<{ id: string; frame: Frame; close: () => Promise<void> }> {
  const opened = await openFrame(desk, sandbox, wish)
  onTestFinished(opened.close)
  return opened
}

export interface Signature {
  timestamp: number
  nonceStr: string
  signature: string
}

export function sign(ticket: unknown, url: string): Signature {
  const text = `jsapi_ticket=${String(ticket)}&noncestr=nonce&timestamp=1700000000&url=${url}`
  return {
    timestamp: 1_700_000_000,
    nonceStr: 'nonce',
    signature: createHash('sha1').update(text).digest('hex'),
  }
}

/** Calls a function of the SDK; the result, or the object it rejects with. */
export function call(frame: Frame, name: string, params: object = {}): Promise<Outcome> {
  return frame.evaluate(
    async ([name, params]) => {
      const { ww } = window as unknown as {
        ww: Record<string, (options: object) => Promise<object>>
      }
      try {
        return { ...(await ww[name]?.(params)) }
      } catch (error) {
        return { ...(error as object) }
      }
    },
    [name, params] as const,
  )
}

/** Calls the bridge itself, without the SDK and its proof. */
export function invoke(frame: Frame, name: string, params: object = {}): Promise<unknown> {
  return frame.evaluate(
    ([name, params]) =>
      new Promise((resolve) => {
        type Bridge = {
          invoke: (name: string, params: object, done: (reply: unknown) => void) => void
        }
        const { WeixinJSBridge: bridge } = window as unknown as { WeixinJSBridge: Bridge }
        bridge.invoke(name, params, resolve)
      }),
    [name, params] as const,
  )
}

/** What a server of ours would do: sign the page with a ticket of the kind. */
export async function signPage(
  sandbox: OpenedSandbox,
  url: string,
  kind: 'agent' | 'corp' = 'agent',
): Promise<Signature> {
  const reply =
    kind === 'agent'
      ? await sandbox.wecom('ticket/get', { type: 'agent_config' })
      : await sandbox.wecom('get_jsapi_ticket')
  return sign(reply.ticket, url)
}

const wanted = [
  'getContext',
  'getCurExternalContact',
  'getCurExternalChat',
  'sendChatMessage',
  'openUserProfile',
  'openDefaultBrowser',
  'launchMiniprogram',
  'setClipboardData',
  'previewImage',
  'closeWindow',
  'hideOptionMenu',
  'showOptionMenu',
  'hideMenuItems',
  'showMenuItems',
  'hideAllNonBaseMenuItem',
  'showAllNonBaseMenuItem',
]

export interface Registration {
  corpId?: string
  agentId?: string
  jsApiList?: string[]
  signature?: Signature
  kind?: 'agent' | 'corp'
}

/** `ww.register` as the sidebar does it; the outcome of the configuration. */
export async function register(
  { sandbox }: Stage,
  frame: Frame,
  options: Registration = {},
): Promise<Outcome> {
  const kind = options.kind ?? 'agent'
  const signature =
    options.signature ?? (await signPage(sandbox, frame.url().split('#')[0] ?? '', kind))
  const registration = {
    corpId: sandbox.env.WECOM_CORP_ID,
    agentId: sandbox.env.WECOM_AGENT_ID,
    jsApiList: wanted,
    ...options,
    kind,
    signature,
  }
  return frame.evaluate(async ({ kind, signature, ...rest }) => {
    const { ww } = window as unknown as {
      ww: Record<string, (options?: unknown) => Promise<{ result: object }>>
    }
    const factory = () => signature
    void ww.register?.({
      ...rest,
      ...(kind === 'agent'
        ? { getAgentConfigSignature: factory }
        : { getConfigSignature: factory }),
    })
    try {
      return { ...(await ww.ensureConfigReady?.())?.result }
    } catch (error) {
      return { ...(error as object) }
    }
  }, registration)
}
