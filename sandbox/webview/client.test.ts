import type { Frame } from '@playwright/test'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { call, invoke, openStage, register, show, sign, type Stage } from '../testing/open-stage.ts'

let stage: Stage

beforeAll(async () => {
  stage = await openStage()
}, 60_000)
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.post('/_sandbox/reset', { scene: 'demo' }))

describe('the disguise', () => {
  it('is on before the page’s first script, and in no ordinary window', async () => {
    const { frame } = await show(stage, { device: 'wecom', userId: 'ZhouXiaolan', url: '/page' })
    const seen = () =>
      frame.evaluate(() => ({
        early: (window as unknown as { early: string }).early,
        platform: navigator.platform,
        ww: (window as unknown as { ww: { env: object } }).ww.env,
      }))
    const inside = await seen()
    expect(inside).toMatchObject({ platform: 'Win32', ww: { isWeCom: true, isWeChat: false } })
    expect(inside.early).toContain('wxwork/4.1.36')
    const outside = await frame
      .page()
      .evaluate(() => ({ ua: navigator.userAgent, bridge: 'WeixinJSBridge' in window }))
    expect(outside).toEqual({ ua: expect.not.stringContaining('wxwork'), bridge: false })
  })

  it('makes a WeChat phone of the other window, with stores of its own for each user', async () => {
    const frames = []
    for (const userId of ['linyue', 'chenguodong']) {
      const opened = await show(stage, { device: 'wechat', userId, url: '/page' })
      frames.push(opened.frame)
    }
    const [lin, chen] = frames as [Frame, Frame]
    expect(await lin.evaluate(() => (window as unknown as { ww: { env: object } }).ww.env)).toEqual(
      { isWeChat: true, isWeCom: false },
    )
    await lin.evaluate(() => localStorage.setItem('token', '林悦'))
    const read = (frame: Frame) =>
      frame.evaluate(() => [
        localStorage.getItem('token'),
        localStorage.length,
        Object.keys(localStorage),
      ])
    expect(await read(lin)).toEqual(['林悦', 1, ['token']])
    expect(await read(chen)).toEqual([null, 0, []])
  })
})

describe('language and theme', () => {
  const seen = (frame: Frame) =>
    frame.evaluate(() => ({
      language: navigator.language,
      agent: navigator.userAgent,
      dark: matchMedia('(prefers-color-scheme: dark)').matches,
      wideAndDark: matchMedia('(min-width: 1px) and (prefers-color-scheme: dark)').matches,
      colour: getComputedStyle(document.body).color,
      changes: (window as unknown as { changes?: number }).changes ?? 0,
    }))

  it('are told to a page as the client is set, and the theme may change while it is open', async () => {
    const wish = { device: 'wecom', userId: 'ZhouXiaolan', url: '/page' } as const
    const scenario = { system: 'ios' } as const
    const chinese = await show(stage, { ...wish, scenario })
    expect(await seen(chinese.frame)).toMatchObject({
      language: 'zh-CN',
      agent: expect.stringContaining('Language/zh ColorScheme/Light'),
      dark: false,
    })
    await chinese.close()
    const { frame } = await show(stage, { ...wish, scenario, language: 'en', theme: 'dark' })
    await frame.evaluate(() => {
      const style = document.createElement('style')
      style.textContent = `
        body { color: rgb(1, 1, 1) }
        @media (prefers-color-scheme: dark) { body { color: rgb(9, 9, 9) } }
        @media (prefers-color-scheme: light) { body { color: rgb(5, 5, 5) } }`
      document.head.append(style)
      const counted = window as unknown as { changes: number }
      counted.changes = 0
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
        counted.changes += 1
      })
    })
    const dark = { dark: true, wideAndDark: true, colour: 'rgb(9, 9, 9)' }
    await expect.poll(() => seen(frame)).toMatchObject({ ...dark, language: 'en-US' })
    expect((await seen(frame)).agent).toContain('Language/en ColorScheme/Dark')
    const tell = (theme: string) =>
      stage.desk.evaluate(
        (told) => window.frames[0]?.postMessage({ sandbox: 'theme', theme: told }, '*'),
        theme,
      )
    await tell('light')
    await expect
      .poll(() => seen(frame))
      .toMatchObject({ dark: false, wideAndDark: false, colour: 'rgb(5, 5, 5)', changes: 1 })
    // The page that comes next in the frame begins as the client is now.
    await frame.goto(`${stage.sandbox.webviewOrigin}/page?next`)
    expect(await seen(frame)).toMatchObject({ dark: false })
    await tell('dark')
    await expect.poll(() => seen(frame)).toMatchObject({ dark: true })
  })
})

describe('the phone', () => {
  it('asks once for the position and gives what the person decided', async () => {
    const { frame } = await show(stage, { device: 'wechat', userId: 'linyue', url: '/page' })
    const locate = () =>
      frame.evaluate(
        () =>
          new Promise<unknown>((resolve) =>
            navigator.geolocation.getCurrentPosition(
              ({ coords }) =>
                resolve({
                  latitude: coords.latitude,
                  longitude: coords.longitude,
                  accuracy: coords.accuracy,
                }),
              ({ code }) => resolve(code),
            ),
          ),
      )
    const asked = locate()
    await expect
      .poll(async () => (await stage.sandbox.state()).devices.wechat.pendingLocation)
      .not.toBeNull()
    const { pendingLocation, position } = (await stage.sandbox.state()).devices.wechat
    await stage.sandbox.post('/_sandbox/location-answers', { id: pendingLocation?.id, allow: true })
    expect(await asked).toEqual(position)
    await stage.sandbox.post('/_sandbox/devices/wechat', {
      position: { latitude: 31.2, longitude: 121.4, accuracy: 8 },
    })
    expect(await locate()).toEqual({ latitude: 31.2, longitude: 121.4, accuracy: 8 })
    await stage.sandbox.post('/_sandbox/devices/wechat', { locationPermission: 'refused' })
    expect(await locate()).toBe(1)
  })

  it('withdraws the question when the page goes away', async () => {
    const { frame, close } = await show(stage, { device: 'wechat', userId: 'linyue', url: '/page' })
    await frame.evaluate(() => navigator.geolocation.getCurrentPosition(() => undefined))
    await expect
      .poll(async () => (await stage.sandbox.state()).devices.wechat.pendingLocation)
      .not.toBeNull()
    await close()
    await expect
      .poll(async () => (await stage.sandbox.state()).devices.wechat)
      .toMatchObject({ pendingLocation: null, locationPermission: 'unset' })
  })

  it('gives geoLocation to a page that the official account signed', async () => {
    const { frame } = await show(stage, { device: 'wechat', userId: 'linyue', url: '/page' })
    const account = {
      appid: stage.sandbox.env.OFFICIAL_ACCOUNT_APP_ID,
      secret: stage.sandbox.env.OFFICIAL_ACCOUNT_APP_SECRET,
    }
    const { access_token: token } = await stage.sandbox.post('/wechat/cgi-bin/stable_token', {
      grant_type: 'client_credential',
      ...account,
    })
    const { ticket } = await stage.sandbox.get(
      `/wechat/cgi-bin/ticket/getticket?type=jsapi&access_token=${String(token)}`,
    )
    const signature = sign(ticket, frame.url())
    expect(
      await register(stage, frame, {
        corpId: account.appid,
        jsApiList: ['getLocation'],
        kind: 'corp',
        signature,
      }),
    ).toMatchObject({
      errCode: 0,
    })
    await stage.sandbox.post('/_sandbox/devices/wechat', { locationPermission: 'granted' })
    expect(await call(frame, 'getLocation', { type: 'wgs84' })).toMatchObject({
      errCode: 0,
      latitude: expect.any(Number),
    })
  })
})

describe('forwarding', () => {
  const mini = {
    device: 'wechat',
    userId: 'linyue',
    miniprogram: {
      appid: 'wx5e1f8c27d90b643a',
      page: 'pages/material/index.html?share=1',
      build: 'h5',
    },
  } as const
  const menu = (frame: Frame) =>
    frame
      .page()
      .evaluate(() => window.frames[0]?.postMessage({ sandbox: 'menu', item: 'share' }, '*'))
  const pendingForward = async (id: string) =>
    (await stage.sandbox.state()).webviews.find((one) => one.id === id)?.pendingForward
  const last = async (id: string) =>
    (await stage.sandbox.state()).conversations.find((one) => one.id === id)?.messages.at(-1)

  it('takes the page’s own card from sendAppMessage into the chat that the person chooses', async () => {
    const { frame, id } = await show(stage, mini)
    await frame.evaluate(() => {
      type Bridge = {
        on: (name: string, done: () => void) => void
        invoke: (name: string, params: object, done: (reply: unknown) => void) => void
      }
      const { WeixinJSBridge: bridge } = window as unknown as { WeixinJSBridge: Bridge }
      const card = {
        title: '转给你看',
        desc: '',
        img_url: '/cover.png',
        link: `${location.origin}/h5/#/pages/material/index?share=2`,
      }
      bridge.on('menu:share:appmessage', () =>
        bridge.invoke('sendAppMessage', card, (reply) => Object.assign(window, { told: reply })),
      )
    })
    await menu(frame)
    const card = {
      kind: 'miniprogram',
      appid: 'wx5e1f8c27d90b643a',
      appName: '澜川服务',
      title: '转给你看',
      imgUrl: `${stage.sandbox.webviewOrigin}/cover.png`,
      page: 'pages/material/index.html?share=2',
    }
    await expect.poll(() => pendingForward(id)).toEqual(card)
    await stage.sandbox.post('/_sandbox/forwards', { webviewId: id, conversationId: 'lin-zhao' })
    expect(await last('lin-zhao')).toMatchObject({
      ...card,
      from: { kind: 'customer', id: 'linyue' },
    })
    await expect
      .poll(() => frame.evaluate(() => (window as unknown as { told: unknown }).told))
      .toEqual({ err_msg: 'sendAppMessage:ok' })
  })

  it('takes address and title of any other page, or what updateAppMessageShareData left, and may be cancelled', async () => {
    const { frame, id } = await show(stage, {
      device: 'wechat',
      userId: 'linyue',
      url: '/page?x=1',
    })
    await expect
      .poll(async () => (await stage.sandbox.state()).webviews.find((one) => one.id === id)?.title)
      .toBe('客户')
    await menu(frame)
    await expect
      .poll(() => pendingForward(id))
      .toEqual({
        kind: 'link',
        title: '客户',
        desc: '',
        imgUrl: '',
        url: `${stage.sandbox.webviewOrigin}/page?x=1`,
      })
    await stage.sandbox.post('/_sandbox/forwards', { webviewId: id, conversationId: null })
    expect(await pendingForward(id)).toBeNull()
    const share = {
      title: '好文',
      desc: '值得一读',
      link: `${stage.sandbox.webviewOrigin}/page?x=2`,
      imgUrl: '',
    }
    await invoke(frame, 'updateAppMessageShareData', share)
    await menu(frame)
    await expect
      .poll(() => pendingForward(id))
      .toMatchObject({
        kind: 'link',
        title: '好文',
        desc: '值得一读',
        url: `${stage.sandbox.webviewOrigin}/page?x=2`,
      })
  })
})

describe('the authorize page', () => {
  it('signs the member in without a word and comes back with a code', async () => {
    const callback = `${stage.sandbox.webviewOrigin}/callback`
    const query = new URLSearchParams({
      appid: stage.sandbox.env.WECOM_CORP_ID ?? '',
      redirect_uri: callback,
      response_type: 'code',
      scope: 'snsapi_base',
      state: 's1',
      agentid: '1000002',
    })
    const authorize = `${stage.sandbox.env.WECHAT_OPEN_URL}/connect/oauth2/authorize?${query}#wechat_redirect`
    const { frame } = await show(stage, { device: 'wecom', userId: 'ZhouXiaolan', url: authorize })
    await frame.waitForURL(/\/callback\?code=[\w-]+&state=s1$/)
    const page = await stage.browser.newPage()
    await page.goto(authorize)
    expect(await page.locator('section:visible').innerText()).toContain(
      '请在企业微信客户端打开链接',
    )
  })

  it('asks the customer before it tells who they are', async () => {
    const callback = `${stage.sandbox.webviewOrigin}/callback`
    const query = new URLSearchParams({
      appid: stage.sandbox.env.OFFICIAL_ACCOUNT_APP_ID ?? '',
      redirect_uri: callback,
      response_type: 'code',
      scope: 'snsapi_userinfo',
      state: 's1',
    })
    const { frame } = await show(stage, {
      device: 'wechat',
      userId: 'linyue',
      url: `${stage.sandbox.env.WECHAT_OPEN_URL}/connect/oauth2/authorize?${query}`,
    })
    await expect.poll(() => frame.locator('#consent').innerText()).toContain('林悦')
    await frame.getByRole('button', { name: '允许' }).click()
    await frame.waitForURL(/\/callback\?code=[\w-]+&state=s1$/)
  })
})
