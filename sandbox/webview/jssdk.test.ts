/// <reference lib="dom" />
import type { Browser, Frame, Page } from '@playwright/test'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { DeskEvent, Invoke, OpenWebview } from '../api.ts'
import { root } from '../root.ts'
import { startSandbox, type Sandbox } from '../start.ts'
import { openBrowser, openFrame } from '../testing/open-browser.ts'
import { operate, type OpenedSandbox } from '../testing/open-sandbox.ts'

// The vendor's own SDK, unmodified, in a real browser against the sandbox's client. The page below is the only thing of ours.
const sdk = readFileSync(new URL('node_modules/@wecom/jssdk/dist/wecom.global.js', root))

let server: Server
let stage: Sandbox
let sandbox: OpenedSandbox
let browser: Browser
let desk: Page

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/sdk.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(sdk)
    response.setHeader('content-type', 'text/html; charset=utf-8')
    return response.end(
      '<!doctype html><html><head><title>客户</title><script>window.early = navigator.userAgent</script><script src="/sdk.js"></script></head><body></body></html>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stage = await startSandbox({ upstream: [`http://127.0.0.1:${(server.address() as AddressInfo).port}`] })
  sandbox = await operate(stage)
  browser = await openBrowser()
  desk = await browser.newPage()
  await desk.goto(`${stage.webviewOrigin}/desk`)
}, 60_000)

afterAll(async () => {
  await browser.close()
  await stage.close()
  server.closeAllConnections()
  server.close()
})

beforeEach(() => sandbox.post('/_sandbox/reset', { scene: 'demo' }))

type Outcome = Record<string, unknown>

/** What a server of ours would do: sign the page with a ticket of the kind. */
async function sign(url: string, kind: 'agent' | 'corp' = 'agent') {
  const { ticket } =
    kind === 'agent' ? await sandbox.wecom('ticket/get', { type: 'agent_config' }) : await sandbox.wecom('get_jsapi_ticket')
  const text = `jsapi_ticket=${String(ticket)}&noncestr=nonce&timestamp=1700000000&url=${url}`
  return { timestamp: 1700000000, nonceStr: 'nonce', signature: createHash('sha1').update(text).digest('hex') }
}

async function open(wish: Omit<OpenWebview, 'device' | 'userId' | 'url'> & { url?: string; userId?: string } = {}) {
  const opened = await openFrame(desk, sandbox, {
    device: 'wecom',
    userId: 'ZhouXiaolan',
    conversationId: 'zhou-lin',
    url: '/page',
    ...wish,
  })
  onTestFinished(opened.close)
  return opened
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
]

interface Registration {
  corpId?: string
  agentId?: string
  jsApiList?: string[]
  signature?: { timestamp: number; nonceStr: string; signature: string }
  kind?: 'agent' | 'corp'
}

/** `ww.register` as the sidebar does it; the outcome of the configuration. */
async function register(frame: Frame, options: Registration = {}): Promise<Outcome> {
  const kind = options.kind ?? 'agent'
  const signature = options.signature ?? (await sign(frame.url().split('#')[0] ?? '', kind))
  const registration = {
    corpId: sandbox.env.WECOM_CORP_ID,
    agentId: sandbox.env.WECOM_AGENT_ID,
    jsApiList: wanted,
    ...options,
    kind,
    signature,
  }
  return frame.evaluate(async ({ kind, signature, ...rest }) => {
    const { ww } = window as unknown as { ww: Record<string, (options?: unknown) => Promise<{ result: object }>> }
    const factory = () => signature
    void ww.register?.({ ...rest, ...(kind === 'agent' ? { getAgentConfigSignature: factory } : { getConfigSignature: factory }) })
    try {
      return { ...(await ww.ensureConfigReady?.())?.result }
    } catch (error) {
      return { ...(error as object) }
    }
  }, registration)
}

/** Calls a function of the SDK; the result, or the object it rejects with. */
function call(frame: Frame, name: string, params: object = {}): Promise<Outcome> {
  return frame.evaluate(
    async ([name, params]) => {
      const { ww } = window as unknown as { ww: Record<string, (options: object) => Promise<object>> }
      try {
        return { ...(await ww[name]?.(params)) }
      } catch (error) {
        return { ...(error as object) }
      }
    },
    [name, params] as const,
  )
}

describe('the disguise', () => {
  it('is on before the page’s first script, and in no ordinary window', async () => {
    const { frame } = await open()
    const seen = () =>
      frame.evaluate(() => ({
        early: (window as unknown as { early: string }).early,
        platform: navigator.platform,
        ww: (window as unknown as { ww: { env: object } }).ww.env,
      }))
    const inside = await seen()
    expect(inside).toMatchObject({ platform: 'Win32', ww: { isWeCom: true, isWeChat: false } })
    expect(inside.early).toContain('wxwork/4.1.36')
    const outside = await frame.page().evaluate(() => ({ ua: navigator.userAgent, bridge: 'WeixinJSBridge' in window }))
    expect(outside).toEqual({ ua: expect.not.stringContaining('wxwork'), bridge: false })
  })

  it('makes a WeChat phone of the other window, with stores of its own for each user', async () => {
    const frames = []
    for (const userId of ['linyue', 'chenguodong']) {
      const opened = await openFrame(desk, sandbox, { device: 'wechat', userId, url: '/page' })
      onTestFinished(opened.close)
      frames.push(opened.frame)
    }
    const [lin, chen] = frames as [Frame, Frame]
    expect(await lin.evaluate(() => (window as unknown as { ww: { env: object } }).ww.env)).toEqual({ isWeChat: true, isWeCom: false })
    await lin.evaluate(() => localStorage.setItem('token', '林悦'))
    const read = (frame: Frame) => frame.evaluate(() => [localStorage.getItem('token'), localStorage.length, Object.keys(localStorage)])
    expect(await read(lin)).toEqual(['林悦', 1, ['token']])
    expect(await read(chen)).toEqual([null, 0, []])
  })
})

describe('agentConfig', () => {
  it('passes with the app’s ticket, whatever the fragment is', async () => {
    const { frame } = await open({ url: '/page?a=1#/contact' })
    expect(await register(frame)).toMatchObject({ errMsg: 'agentConfig:ok', errCode: 0 })
  })

  it('is refused in the platform’s words when the signature is of another page or another ticket', async () => {
    const { frame } = await open({ url: '/page?a=1' })
    const url = frame.url()
    expect(await register(frame, { signature: await sign(`${url}&b=2`) })).toMatchObject({ errMsg: 'agentConfig:invalid signature' })
    const other = await open()
    expect(await register(other.frame, { signature: await sign(other.frame.url(), 'corp') })).toMatchObject({
      errMsg: 'agentConfig:invalid signature',
    })
  })

  it('is refused when the ticket expired, the domain is foreign, or corp and app are others', async () => {
    const late = await open()
    const signature = await sign(late.frame.url())
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 7201 })
    expect(await register(late.frame, { signature })).toMatchObject({ errMsg: 'agentConfig:invalid signature' })
    expect(await register((await open()).frame, { corpId: 'wwother' })).toMatchObject({ errMsg: 'agentConfig:invalid corpid' })
    expect(await register((await open()).frame, { agentId: '7' })).toMatchObject({ errMsg: 'agentConfig:invalid agentid' })
    await sandbox.post('/_sandbox/trusted-hosts', { hosts: ['crm.example.com'] })
    expect(await register((await open()).frame)).toMatchObject({ errMsg: 'agentConfig:invalid url domain' })
  })

  it('is refused by a client that checks other tickets, and found late by a page whose bridge comes late', async () => {
    const wrong = await open({ scenario: { wrongTicket: true } })
    expect(await register(wrong.frame)).toMatchObject({ errMsg: 'agentConfig:invalid signature' })
    const late = await open({ scenario: { lateBridge: true } })
    expect(await register(late.frame)).toMatchObject({ errMsg: 'agentConfig:ok' })
  })

  it('follows preVerifyJSAPI in clients before 3.0.24', async () => {
    const { frame, id } = await open({ scenario: { clientVersion: '3.0.20' } })
    const signatures = { agent: await sign(frame.url()), corp: await sign(frame.url(), 'corp') }
    const configured = await frame.evaluate(
      async ([corpId, agentId, { agent, corp }]) => {
        const { ww } = window as unknown as { ww: Record<string, (options?: unknown) => Promise<{ result: object }>> }
        void ww.register?.({
          corpId,
          agentId,
          jsApiList: ['getCurExternalContact'],
          getConfigSignature: () => corp,
          getAgentConfigSignature: () => agent,
        })
        return { ...(await ww.ensureConfigReady?.())?.result }
      },
      [sandbox.env.WECOM_CORP_ID, sandbox.env.WECOM_AGENT_ID, signatures] as const,
    )
    expect(configured).toMatchObject({ errMsg: 'agentConfig:ok' })
    const { items } = (await sandbox.get(`/_sandbox/invokes?webview=${id}`)) as unknown as { items: Invoke[] }
    expect(items.map(({ name }) => name)).toEqual(['preVerifyJSAPI', 'agentConfig'])
    expect(await call(frame, 'getCurExternalContact')).toMatchObject({ errCode: 0 })
    expect(await call(frame, 'getContext')).toMatchObject({ errMsg: 'getContext:function not exist' })
  })
})

describe('permission', () => {
  it('is missing before a configuration, for what was not asked for, and for a member who has none', async () => {
    const bare = await open()
    const direct = await bare.frame.evaluate(
      () =>
        new Promise((resolve) => {
          const { WeixinJSBridge: bridge } = window as unknown as {
            WeixinJSBridge: { invoke: (name: string, params: object, done: (reply: unknown) => void) => void }
          }
          bridge.invoke('sendChatMessage', { msgtype: 'text', text: { content: 'x' } }, resolve)
        }),
    )
    expect(direct).toEqual({ err_msg: 'sendChatMessage:fail_no permission' })
    await register(bare.frame, { jsApiList: ['getContext'] })
    expect(await call(bare.frame, 'getContext')).toMatchObject({ entry: 'single_chat_tools' })
    expect(await call(bare.frame, 'getCurExternalContact')).toMatchObject({
      errMsg: 'getCurExternalContact:permission denied',
      errCode: -1,
    })
    const poor = await open({ scenario: { noPermission: true } })
    await register(poor.frame)
    expect(await call(poor.frame, 'getContext')).toMatchObject({ errMsg: 'getContext:no permission' })
  })

  it('is not inherited by another address of the same page: the SDK signs again', async () => {
    const { frame, id } = await open()
    await register(frame)
    await frame.evaluate(() => history.pushState(null, '', '/page?moved=1'))
    const direct = await frame.evaluate(
      () =>
        new Promise((resolve) => {
          const { WeixinJSBridge: bridge } = window as unknown as {
            WeixinJSBridge: { invoke: (name: string, params: object, done: (reply: unknown) => void) => void }
          }
          bridge.invoke('getContext', {}, resolve)
        }),
    )
    expect(direct).toEqual({ err_msg: 'getContext:fail_no permission' })
    await expect.poll(async () => (await sandbox.state()).webviews.find((one) => one.id === id)?.url).toMatch(/\/page\?moved=1$/)
    expect((await sandbox.state()).webviews.find((one) => one.id === id)?.title).toBe('客户')
  })

  it('is refused to a member outside the visible range', async () => {
    await sandbox.post('/_sandbox/visible-range', { memberIds: ['HanXue'] })
    const { frame } = await open()
    await register(frame)
    expect(await call(frame, 'getCurExternalContact')).toMatchObject({ errMsg: 'getCurExternalContact:user not in allow list' })
  })

  it('is known beforehand through checkJsApi', async () => {
    const { frame } = await open()
    await register(frame)
    const { checkResult } = await call(frame, 'checkJsApi', { jsApiList: ['sendChatMessage', 'previewImage', 'selectExternalContact'] })
    expect(checkResult).toMatchObject({ sendChatMessage: true, previewImage: true, selectExternalContact: false })
    expect(await call(frame, 'selectExternalContact', { filterType: 0 })).toMatchObject({
      errMsg: 'selectExternalContact:function not exist',
    })
  })
})

describe('where the page was opened', () => {
  it('is a chat with a customer, a profile, a group chat, or no chat at all', async () => {
    const contact = { userId: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg', errCode: 0 }
    const without = { errMsg: expect.stringContaining('without context'), errCode: 2 }
    const cases: [Partial<OpenWebview>, string, object, object][] = [
      [{}, 'single_chat_tools', contact, without],
      [{ entry: 'contact_profile' }, 'contact_profile', contact, without],
      [{ conversationId: 'group-hengjin' }, 'group_chat_tools', without, { chatId: 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe' }],
      [{ entry: 'normal' }, 'normal', without, without],
    ]
    for (const [wish, entry, person, chat] of cases) {
      const { frame } = await open(wish)
      await register(frame)
      expect(await call(frame, 'getContext')).toMatchObject({ entry })
      expect(await call(frame, 'getCurExternalContact')).toMatchObject(person)
      expect(await call(frame, 'getCurExternalChat')).toMatchObject(chat)
    }
  })
})

describe('sendChatMessage', () => {
  const card = {
    appid: 'wx5e1f8c27d90b643a',
    title: '节能改造案例',
    imgUrl: 'http://localhost/c.png',
    page: 'pages/material/index.html?share=1',
  }
  const last = async (id = 'zhou-lin') => (await sandbox.state()).conversations.find((one) => one.id === id)?.messages.at(-1)

  it('puts a mini-program card, a link or a text into the chat', async () => {
    const { frame } = await open()
    await register(frame)
    expect(await call(frame, 'sendChatMessage', { msgtype: 'miniprogram', miniprogram: card })).toMatchObject({
      errMsg: 'sendChatMessage:ok',
    })
    expect(await last()).toMatchObject({ ...card, kind: 'miniprogram', appName: '澜川服务', from: { kind: 'member', id: 'ZhouXiaolan' } })
    await call(frame, 'sendChatMessage', { msgtype: 'news', news: { link: 'https://example.com/', title: '文章', desc: '', imgUrl: '' } })
    expect(await last()).toMatchObject({ kind: 'link', title: '文章', url: 'https://example.com/' })
    await call(frame, 'sendChatMessage', { msgtype: 'text', text: { content: '您好' } })
    expect(await last()).toMatchObject({ kind: 'text', text: '您好' })
    const group = await open({ conversationId: 'group-hengjin' })
    await register(group.frame)
    await call(group.frame, 'sendChatMessage', { msgtype: 'miniprogram', miniprogram: card })
    expect(await last('group-hengjin')).toMatchObject({ kind: 'miniprogram' })
  })

  it('refuses what the client refuses, and then the chat stays as it was', async () => {
    const before = await last()
    const { frame } = await open()
    await register(frame)
    const send = (miniprogram: object) => call(frame, 'sendChatMessage', { msgtype: 'miniprogram', miniprogram })
    expect(await send({ ...card, page: 'pages/material/index?share=1' })).toMatchObject({ errMsg: 'sendChatMessage:invalid page' })
    expect(await send({ ...card, imgUrl: '/c.png' })).toMatchObject({ errMsg: 'sendChatMessage:invalid imgurl' })
    expect(await send({ ...card, appid: 'wxother' })).toMatchObject({ errMsg: 'sendChatMessage:invalid appid' })
    expect(await call(frame, 'sendChatMessage', { msgtype: 'image', image: { mediaid: 'x' } })).toMatchObject({
      errMsg: 'sendChatMessage:invalid mediaid',
    })
    const profile = await open({ entry: 'contact_profile' })
    await register(profile.frame)
    expect(await call(profile.frame, 'sendChatMessage', { msgtype: 'text', text: { content: 'x' } })).toMatchObject({
      errMsg: expect.stringContaining('without context'),
    })
    const cancelling = await open({ scenario: { cancelSend: true } })
    await register(cancelling.frame)
    expect(await call(cancelling.frame, 'sendChatMessage', { msgtype: 'text', text: { content: 'x' } })).toMatchObject({
      errMsg: 'sendChatMessage:cancel',
    })
    expect(await last()).toEqual(before)
  })
})

describe('what only the client can show', () => {
  it('reaches the desk', async () => {
    const actions: unknown[] = []
    const hangUp = new AbortController()
    onTestFinished(() => hangUp.abort())
    const stream = await fetch(`${sandbox.origin}/_sandbox/stream`, { signal: hangUp.signal })
    void collect(stream, actions).catch(() => undefined)
    const { frame } = await open()
    await register(frame)
    await call(frame, 'openUserProfile', { type: 2, userid: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg' })
    await call(frame, 'openDefaultBrowser', { url: 'https://example.com/' })
    await call(frame, 'launchMiniprogram', { appid: 'wx5e1f8c27d90b643a', path: 'pages/home/index' })
    await call(frame, 'setClipboardData', { data: '工单号' })
    await call(frame, 'previewImage', { current: 'http://localhost/1.png', urls: ['http://localhost/1.png'] }) // imagePreview on the wire
    await call(frame, 'closeWindow')
    for (const name of ['hideOptionMenu', 'showOptionMenu', 'hideMenuItems', 'showMenuItems']) {
      expect(await call(frame, name, { menuList: [] })).toMatchObject({ errCode: 0 })
    }
    await expect
      .poll(() => actions)
      .toEqual([
        { kind: 'openProfile', party: { kind: 'customer', id: 'linyue' } },
        { kind: 'openBrowser', url: 'https://example.com/' },
        { kind: 'openMiniprogram', appid: 'wx5e1f8c27d90b643a', page: 'pages/home/index.html' },
        { kind: 'copied', text: '工单号' },
        { kind: 'previewImage', current: 'http://localhost/1.png', urls: ['http://localhost/1.png'] },
        { kind: 'close' },
      ])
  })
})

describe('the phone', () => {
  it('asks once for the position and gives what the person decided', async () => {
    const { frame, close } = await openFrame(desk, sandbox, { device: 'wechat', userId: 'linyue', url: '/page' })
    onTestFinished(close)
    const locate = () =>
      frame.evaluate(
        () =>
          new Promise<unknown>((resolve) =>
            navigator.geolocation.getCurrentPosition(
              ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy }),
              ({ code }) => resolve(code),
            ),
          ),
      )
    const asked = locate()
    await expect.poll(async () => (await sandbox.state()).devices.wechat.pendingLocation).not.toBeNull()
    const { pendingLocation, position } = (await sandbox.state()).devices.wechat
    await sandbox.post('/_sandbox/location-answers', { id: pendingLocation?.id, allow: true })
    expect(await asked).toEqual(position)
    await sandbox.post('/_sandbox/devices/wechat', { position: { latitude: 31.2, longitude: 121.4, accuracy: 8 } })
    expect(await locate()).toEqual({ latitude: 31.2, longitude: 121.4, accuracy: 8 })
    await sandbox.post('/_sandbox/devices/wechat', { locationPermission: 'refused' })
    expect(await locate()).toBe(1)
  })

  it('withdraws the question when the page goes away', async () => {
    const { frame, close } = await openFrame(desk, sandbox, { device: 'wechat', userId: 'linyue', url: '/page' })
    await frame.evaluate(() => navigator.geolocation.getCurrentPosition(() => undefined))
    await expect.poll(async () => (await sandbox.state()).devices.wechat.pendingLocation).not.toBeNull()
    await close()
    await expect
      .poll(async () => (await sandbox.state()).devices.wechat)
      .toMatchObject({ pendingLocation: null, locationPermission: 'unset' })
  })

  it('gives geoLocation to a page that the official account signed', async () => {
    const { frame, close } = await openFrame(desk, sandbox, { device: 'wechat', userId: 'linyue', url: '/page' })
    onTestFinished(close)
    const account = { appid: sandbox.env.OFFICIAL_ACCOUNT_APP_ID, secret: sandbox.env.OFFICIAL_ACCOUNT_APP_SECRET }
    const { access_token: token } = await sandbox.post('/wechat/cgi-bin/stable_token', { grant_type: 'client_credential', ...account })
    const { ticket } = await sandbox.get(`/wechat/cgi-bin/ticket/getticket?type=jsapi&access_token=${String(token)}`)
    const text = `jsapi_ticket=${String(ticket)}&noncestr=n&timestamp=1&url=${frame.url()}`
    const signature = { timestamp: 1, nonceStr: 'n', signature: createHash('sha1').update(text).digest('hex') }
    expect(await register(frame, { corpId: account.appid, jsApiList: ['getLocation'], kind: 'corp', signature })).toMatchObject({
      errCode: 0,
    })
    await sandbox.post('/_sandbox/devices/wechat', { locationPermission: 'granted' })
    expect(await call(frame, 'getLocation', { type: 'wgs84' })).toMatchObject({ errCode: 0, latitude: expect.any(Number) })
  })
})

describe('forwarding', () => {
  const mini = {
    device: 'wechat',
    userId: 'linyue',
    miniprogram: { appid: 'wx5e1f8c27d90b643a', page: 'pages/material/index.html?share=1' },
  } as const
  const menu = (frame: Frame) => frame.page().evaluate(() => window.frames[0]?.postMessage({ sandbox: 'menu', item: 'share' }, '*'))
  const pendingForward = async (id: string) => (await sandbox.state()).webviews.find((one) => one.id === id)?.pendingForward
  const last = async (id: string) => (await sandbox.state()).conversations.find((one) => one.id === id)?.messages.at(-1)

  it('takes the page’s own card from sendAppMessage into the chat that the person chooses', async () => {
    const { frame, id, close } = await openFrame(desk, sandbox, mini)
    onTestFinished(close)
    await frame.evaluate(() => {
      type Bridge = {
        on: (name: string, done: () => void) => void
        invoke: (name: string, params: object, done: (reply: unknown) => void) => void
      }
      const { WeixinJSBridge: bridge } = window as unknown as { WeixinJSBridge: Bridge }
      const card = { title: '转给你看', desc: '', img_url: '/cover.png', link: `${location.origin}/h5/#/pages/material/index?share=2` }
      bridge.on('menu:share:appmessage', () => bridge.invoke('sendAppMessage', card, (reply) => Object.assign(window, { told: reply })))
    })
    await menu(frame)
    const card = {
      kind: 'miniprogram',
      appid: 'wx5e1f8c27d90b643a',
      appName: '澜川服务',
      title: '转给你看',
      imgUrl: `${sandbox.webviewOrigin}/cover.png`,
      page: 'pages/material/index.html?share=2',
    }
    await expect.poll(() => pendingForward(id)).toEqual(card)
    await sandbox.post('/_sandbox/forwards', { webviewId: id, conversationId: 'lin-zhao' })
    expect(await last('lin-zhao')).toMatchObject({ ...card, from: { kind: 'customer', id: 'linyue' } })
    await expect.poll(() => frame.evaluate(() => (window as unknown as { told: unknown }).told)).toEqual({ err_msg: 'sendAppMessage:ok' })
  })

  it('takes address and title of any other page, or what updateAppMessageShareData left, and may be cancelled', async () => {
    const { frame, id, close } = await openFrame(desk, sandbox, { device: 'wechat', userId: 'linyue', url: '/page?x=1' })
    onTestFinished(close)
    await expect.poll(async () => (await sandbox.state()).webviews.find((one) => one.id === id)?.title).toBe('客户')
    await menu(frame)
    await expect
      .poll(() => pendingForward(id))
      .toEqual({ kind: 'link', title: '客户', desc: '', imgUrl: '', url: `${sandbox.webviewOrigin}/page?x=1` })
    await sandbox.post('/_sandbox/forwards', { webviewId: id, conversationId: null })
    expect(await pendingForward(id)).toBeNull()
    await frame.evaluate(
      () =>
        new Promise((resolve) => {
          const { WeixinJSBridge: bridge } = window as unknown as {
            WeixinJSBridge: { invoke: (name: string, params: object, done: (reply: unknown) => void) => void }
          }
          bridge.invoke(
            'updateAppMessageShareData',
            { title: '好文', desc: '值得一读', link: `${location.origin}/page?x=2`, imgUrl: '' },
            resolve,
          )
        }),
    )
    await menu(frame)
    await expect
      .poll(() => pendingForward(id))
      .toMatchObject({ kind: 'link', title: '好文', desc: '值得一读', url: `${sandbox.webviewOrigin}/page?x=2` })
  })
})

describe('the authorize page', () => {
  it('signs the member in without a word and comes back with a code', async () => {
    const callback = `${sandbox.webviewOrigin}/callback`
    const query = new URLSearchParams({
      appid: sandbox.env.WECOM_CORP_ID ?? '',
      redirect_uri: callback,
      response_type: 'code',
      scope: 'snsapi_base',
      state: 's1',
      agentid: '1000002',
    })
    const authorize = `${sandbox.env.WECHAT_OPEN_URL}/connect/oauth2/authorize?${query}#wechat_redirect`
    const { frame } = await open({ url: authorize })
    await frame.waitForURL(/\/callback\?code=[\w-]+&state=s1$/)
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.goto(authorize)
    expect(await page.locator('section:visible').innerText()).toContain('请在企业微信客户端打开链接')
  })

  it('asks the customer before it tells who they are', async () => {
    const callback = `${sandbox.webviewOrigin}/callback`
    const query = new URLSearchParams({
      appid: sandbox.env.OFFICIAL_ACCOUNT_APP_ID ?? '',
      redirect_uri: callback,
      response_type: 'code',
      scope: 'snsapi_userinfo',
      state: 's1',
    })
    const { frame, close } = await openFrame(desk, sandbox, {
      device: 'wechat',
      userId: 'linyue',
      url: `${sandbox.env.WECHAT_OPEN_URL}/connect/oauth2/authorize?${query}`,
    })
    onTestFinished(close)
    await expect.poll(() => frame.locator('#consent').innerText()).toContain('林悦')
    await frame.getByRole('button', { name: '允许' }).click()
    await frame.waitForURL(/\/callback\?code=[\w-]+&state=s1$/)
  })
})

async function collect(stream: Response, actions: unknown[]) {
  let text = ''
  for await (const part of stream.body ?? []) {
    text += new TextDecoder().decode(part as Uint8Array)
    const lines = text.split('\n\n')
    text = lines.pop() ?? ''
    for (const line of lines) {
      const event = line.startsWith('data: ') ? (JSON.parse(line.slice('data: '.length)) as DeskEvent) : undefined
      if (event?.type === 'action') actions.push(event.action)
    }
  }
}
