import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Invoke, OpenWebview } from '../api.ts'
import {
  call,
  invoke,
  openStage,
  show,
  register,
  sign,
  signPage,
  type Stage,
} from '../testing/open-stage.ts'
import { mp4, png, uploadForm } from '../testing/media.ts'
import { readEvents } from '../client.ts'

// The vendor's own SDK, unmodified, in a real browser against the sandbox's client.
let stage: Stage

beforeAll(async () => {
  stage = await openStage()
}, 60_000)
afterAll(() => stage.close())
beforeEach(() => stage.sandbox.post('/_sandbox/reset', { scene: 'demo' }))

function open(wish: Omit<OpenWebview, 'device' | 'userId' | 'url'> & { url?: string } = {}) {
  return show(stage, {
    device: 'wecom',
    userId: 'ZhouXiaolan',
    conversationId: 'zhou-lin',
    url: '/page',
    ...wish,
  })
}

describe('agentConfig', () => {
  it('passes with the app’s ticket, whatever the fragment is', async () => {
    const { frame } = await open({ url: '/page?a=1#/contact' })
    expect(await register(stage, frame)).toMatchObject({ errMsg: 'agentConfig:ok', errCode: 0 })
  })

  it('is refused in the platform’s words when the signature is of another page or another ticket', async () => {
    const { frame } = await open({ url: '/page?a=1' })
    const url = frame.url()
    expect(
      await register(stage, frame, { signature: await signPage(stage.sandbox, `${url}&b=2`) }),
    ).toMatchObject({
      errMsg: 'agentConfig:invalid signature',
    })
    const other = await open()
    // 42012 says that a ticket was meant for something else.
    expect(
      await register(stage, other.frame, {
        signature: await signPage(stage.sandbox, other.frame.url(), 'corp'),
      }),
    ).toMatchObject({
      errMsg: 'agentConfig:invalid signature',
      errCode: 42012,
    })
  })

  it('is refused when the ticket expired, the domain is foreign, or corp and app are others', async () => {
    const late = await open()
    const signature = await signPage(stage.sandbox, late.frame.url())
    await stage.sandbox.post('/_sandbox/clock', { advanceSeconds: 7201 })
    expect(await register(stage, late.frame, { signature })).toMatchObject({
      errMsg: 'agentConfig:invalid signature',
    })
    expect(await register(stage, (await open()).frame, { corpId: 'wwother' })).toMatchObject({
      errMsg: 'agentConfig:invalid corpid',
    })
    expect(await register(stage, (await open()).frame, { agentId: '7' })).toMatchObject({
      errMsg: 'agentConfig:invalid agentid',
    })
    await stage.sandbox.post('/_sandbox/trusted-hosts', { hosts: ['crm.example.com'] })
    expect(await register(stage, (await open()).frame)).toMatchObject({
      errMsg: 'agentConfig:invalid url domain',
    })
  })

  it('is refused by a client that checks other tickets, and found late by a page whose bridge comes late', async () => {
    const wrong = await open({ scenario: { wrongTicket: true } })
    expect(await register(stage, wrong.frame)).toMatchObject({
      errMsg: 'agentConfig:invalid signature',
    })
    const late = await open({ scenario: { lateBridge: true } })
    expect(await register(stage, late.frame)).toMatchObject({ errMsg: 'agentConfig:ok' })
  })

  it('follows preVerifyJSAPI in clients before 3.0.24', async () => {
    const { frame, id } = await open({ scenario: { clientVersion: '3.0.20' } })
    const signatures = {
      agent: await signPage(stage.sandbox, frame.url()),
      corp: await signPage(stage.sandbox, frame.url(), 'corp'),
    }
    const configured = await frame.evaluate(
      async ([corpId, agentId, { agent, corp }]) => {
        const { ww } = window as unknown as {
          ww: Record<string, (options?: unknown) => Promise<{ result: object }>>
        }
        void ww.register?.({
          corpId,
          agentId,
          jsApiList: ['getCurExternalContact'],
          getConfigSignature: () => corp,
          getAgentConfigSignature: () => agent,
        })
        return { ...(await ww.ensureConfigReady?.())?.result }
      },
      [stage.sandbox.env.WECOM_CORP_ID, stage.sandbox.env.WECOM_AGENT_ID, signatures] as const,
    )
    expect(configured).toMatchObject({ errMsg: 'agentConfig:ok' })
    const { items } = (await stage.sandbox.get(`/_sandbox/invokes?webview=${id}`)) as unknown as {
      items: Invoke[]
    }
    expect(items.map(({ name }) => name)).toEqual(['preVerifyJSAPI', 'agentConfig'])
    expect(await call(frame, 'getCurExternalContact')).toMatchObject({ errCode: 0 })
    expect(await call(frame, 'getContext')).toMatchObject({
      errMsg: 'getContext:function not exist',
    })
  })
})

describe('permission', () => {
  it('is missing before a configuration, for what was not asked for, and for a member who has none', async () => {
    const bare = await open()
    const direct = await invoke(bare.frame, 'sendChatMessage', {
      msgtype: 'text',
      text: { content: 'x' },
    })
    expect(direct).toEqual({ err_msg: 'sendChatMessage:fail_no permission' })
    await register(stage, bare.frame, { jsApiList: ['getContext'] })
    expect(await call(bare.frame, 'getContext')).toMatchObject({ entry: 'single_chat_tools' })
    expect(await call(bare.frame, 'getCurExternalContact')).toMatchObject({
      errMsg: 'getCurExternalContact:permission denied',
      errCode: -1,
    })
    const poor = await open({ scenario: { noPermission: true } })
    await register(stage, poor.frame)
    expect(await call(poor.frame, 'getContext')).toMatchObject({
      errMsg: 'getContext:no permission',
    })
  })

  it('is not inherited by another address of the same page: the SDK signs again', async () => {
    const { frame, id } = await open()
    await register(stage, frame)
    await frame.evaluate(() => history.pushState(null, '', '/page?moved=1'))
    const direct = await invoke(frame, 'getContext', {})
    expect(direct).toEqual({ err_msg: 'getContext:fail_no permission' })
    await expect
      .poll(async () => (await stage.sandbox.state()).webviews.find((one) => one.id === id)?.url)
      .toMatch(/\/page\?moved=1$/)
    expect((await stage.sandbox.state()).webviews.find((one) => one.id === id)?.title).toBe('客户')
  })

  it('is refused to a member outside the visible range', async () => {
    await stage.sandbox.post('/_sandbox/visible-range', { memberIds: ['HanXue'] })
    const { frame } = await open()
    await register(stage, frame)
    expect(await call(frame, 'getCurExternalContact')).toMatchObject({
      errMsg: 'getCurExternalContact:user not in allow list',
    })
  })

  it('is known beforehand through checkJsApi', async () => {
    const { frame } = await open()
    await register(stage, frame)
    const { checkResult } = await call(frame, 'checkJsApi', {
      jsApiList: ['sendChatMessage', 'previewImage', 'navigateToAddCustomer'],
    })
    expect(checkResult).toMatchObject({
      sendChatMessage: true,
      previewImage: true,
      navigateToAddCustomer: false,
    })
    expect(await call(frame, 'navigateToAddCustomer')).toMatchObject({
      errMsg: 'navigateToAddCustomer:function not exist',
    })
  })
})

describe('a customized app', () => {
  it('proves itself with the corp id that it knows, and gets ids of its provider', async () => {
    const { sandbox } = stage
    await sandbox.post('/_sandbox/reset', { scene: 'customized-app' })
    const { env } = (await sandbox.get('/_sandbox/credentials')) as { env: Record<string, string> }
    expect(env.WECOM_CORP_ID).not.toBe(sandbox.env.WECOM_CORP_ID)
    const token = await sandbox.get(
      `/wecom/cgi-bin/gettoken?corpid=${env.WECOM_CORP_ID}&corpsecret=${env.WECOM_AGENT_SECRET}`,
    )
    const { ticket } = await sandbox.get(
      `/wecom/cgi-bin/ticket/get?type=agent_config&access_token=${String(token.access_token)}`,
    )
    const { frame } = await open({ conversationId: 'zhou-lin' })
    const signature = sign(ticket, frame.url())
    const named = { corpId: env.WECOM_CORP_ID ?? '', agentId: env.WECOM_AGENT_ID ?? '', signature }
    expect(await register(stage, frame, named)).toMatchObject({ errMsg: 'agentConfig:ok' })
    const { userId } = await call(frame, 'getCurExternalContact')
    expect(userId).toMatch(/^wm\w{30}$/)
    expect(userId).not.toBe('wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg')
    expect(await call(frame, 'openUserProfile', { type: 2, userid: userId })).toMatchObject({
      errCode: 0,
    })
    expect(
      await call(frame, 'openUserProfile', { type: 2, userid: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg' }),
    ).toMatchObject({
      errMsg: 'openUserProfile:invalid userid',
    })
  })
})

describe('where the page was opened', () => {
  it('is a chat with a customer, a profile, a group chat, or no chat at all', async () => {
    const contact = { userId: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg', errCode: 0 }
    // Windows gives no err_code of its own.
    const without = { errMsg: expect.stringContaining('without context'), errCode: -1 }
    const cases: [Partial<OpenWebview>, string, object, object][] = [
      [{}, 'single_chat_tools', contact, without],
      [{ entry: 'contact_profile' }, 'contact_profile', contact, without],
      [
        { conversationId: 'group-hengjin' },
        'group_chat_tools',
        without,
        { chatId: 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe' },
      ],
      [{ entry: 'normal' }, 'normal', without, without],
    ]
    for (const [wish, entry, person, chat] of cases) {
      const { frame } = await open(wish)
      await register(stage, frame)
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
  const last = async (id = 'zhou-lin') =>
    (await stage.sandbox.state()).conversations.find((one) => one.id === id)?.messages.at(-1)

  it('puts a mini-program card, a link or a text into the chat', async () => {
    const { frame } = await open()
    await register(stage, frame)
    expect(
      await call(frame, 'sendChatMessage', { msgtype: 'miniprogram', miniprogram: card }),
    ).toMatchObject({
      errMsg: 'sendChatMessage:ok',
    })
    expect(await last()).toMatchObject({
      ...card,
      kind: 'miniprogram',
      appName: '澜川服务',
      from: { kind: 'member', id: 'ZhouXiaolan' },
    })
    await call(frame, 'sendChatMessage', {
      msgtype: 'news',
      news: { link: 'https://example.com/', title: '文章', desc: '', imgUrl: '' },
    })
    expect(await last()).toMatchObject({ kind: 'link', title: '文章', url: 'https://example.com/' })
    await call(frame, 'sendChatMessage', { msgtype: 'text', text: { content: '您好' } })
    expect(await last()).toMatchObject({ kind: 'text', text: '您好' })
    const group = await open({ conversationId: 'group-hengjin' })
    await register(stage, group.frame)
    await call(group.frame, 'sendChatMessage', { msgtype: 'miniprogram', miniprogram: card })
    expect(await last('group-hengjin')).toMatchObject({ kind: 'miniprogram' })
  })

  it('to somebody who has deleted the member stands in the chat, with a line that it did not arrive', async () => {
    const { frame } = await open()
    await register(stage, frame)
    await stage.sandbox.post('/_sandbox/happenings/contact.deleted-by-customer', {
      memberId: 'ZhouXiaolan',
      customerId: 'linyue',
    })
    await call(frame, 'sendChatMessage', { msgtype: 'text', text: { content: '您好' } })
    expect(await last()).toMatchObject({
      kind: 'notice',
      text: '林悦 已不再是你的联系人，消息没有送达',
    })
  })

  it('puts media of the corp into the chat, each as what it is, for three days', async () => {
    const { sandbox } = stage
    const address = async (type: string) =>
      `${sandbox.origin}/wecom/cgi-bin/media/upload?type=${type}&access_token=${await sandbox.wecomToken()}`
    const upload = async (type: string, bytes: Buffer, name: string) => {
      const reply = (await (
        await fetch(await address(type), { method: 'POST', body: uploadForm(bytes, name) })
      ).json()) as {
        media_id: string
      }
      return reply.media_id
    }
    const { frame } = await open()
    await register(stage, frame)
    const send = (msgtype: string, mediaid: string) =>
      call(frame, 'sendChatMessage', { msgtype, [msgtype]: { mediaid } })
    const image = await upload('image', png, 'a.png')
    expect(await send('image', image)).toMatchObject({ errCode: 0 })
    expect(await last()).toMatchObject({
      kind: 'image',
      url: expect.stringContaining('/_sandbox/media/'),
    })
    await send('video', await upload('video', mp4, 'b.mp4'))
    expect(await last()).toMatchObject({ kind: 'video', title: 'b.mp4' })
    await send('file', await upload('file', Buffer.from('a price list'), '报价.pdf'))
    expect(await last()).toMatchObject({ kind: 'file', name: '报价.pdf', bytes: 12 })
    expect(await send('file', image)).toMatchObject({ errMsg: 'sendChatMessage:invalid mediaid' })
    await sandbox.post('/_sandbox/clock', { advanceSeconds: 3 * 86_400 })
    expect(await send('image', image)).toMatchObject({ errMsg: 'sendChatMessage:invalid mediaid' })
  })

  it('refuses what the client refuses, and then the chat stays as it was', async () => {
    const before = await last()
    const { frame } = await open()
    await register(stage, frame)
    const send = (miniprogram: object) =>
      call(frame, 'sendChatMessage', { msgtype: 'miniprogram', miniprogram })
    expect(await send({ ...card, page: 'pages/material/index?share=1' })).toMatchObject({
      errMsg: 'sendChatMessage:invalid page',
    })
    expect(await send({ ...card, imgUrl: '/c.png' })).toMatchObject({
      errMsg: 'sendChatMessage:invalid imgurl',
    })
    expect(await send({ ...card, appid: 'wxother' })).toMatchObject({
      errMsg: 'sendChatMessage:invalid appid',
    })
    expect(
      await call(frame, 'sendChatMessage', { msgtype: 'image', image: { mediaid: 'x' } }),
    ).toMatchObject({
      errMsg: 'sendChatMessage:invalid mediaid',
    })
    const profile = await open({ entry: 'contact_profile' })
    await register(stage, profile.frame)
    expect(
      await call(profile.frame, 'sendChatMessage', { msgtype: 'text', text: { content: 'x' } }),
    ).toMatchObject({
      errMsg: expect.stringContaining('without context'),
    })
    const cancelling = await open({ scenario: { cancelSend: true } })
    await register(stage, cancelling.frame)
    expect(
      await call(cancelling.frame, 'sendChatMessage', { msgtype: 'text', text: { content: 'x' } }),
    ).toMatchObject({
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
    const stream = await fetch(`${stage.sandbox.origin}/_sandbox/stream`, { signal: hangUp.signal })
    const listening = (async () => {
      for await (const event of readEvents(stream))
        if (event.type === 'action') actions.push(event.action)
    })()
    listening.catch(() => undefined)
    const { frame } = await open()
    await register(stage, frame)
    await call(frame, 'openUserProfile', { type: 2, userid: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg' })
    await call(frame, 'openDefaultBrowser', { url: 'https://example.com/' })
    await call(frame, 'launchMiniprogram', {
      appid: 'wx5e1f8c27d90b643a',
      path: 'pages/home/index',
    })
    await call(frame, 'setClipboardData', { data: '工单号' })
    await call(frame, 'previewImage', {
      current: 'http://localhost/1.png',
      urls: ['http://localhost/1.png'],
    }) // imagePreview on the wire
    await call(frame, 'closeWindow')
    for (const name of [
      'hideOptionMenu',
      'showOptionMenu',
      'hideMenuItems',
      'showMenuItems',
      'hideAllNonBaseMenuItem',
      'showAllNonBaseMenuItem',
    ]) {
      expect(await call(frame, name, { menuList: [] })).toMatchObject({ errCode: 0 })
    }
    await expect
      .poll(() => actions)
      .toEqual([
        { kind: 'openProfile', party: { kind: 'customer', id: 'linyue' } },
        { kind: 'openBrowser', url: 'https://example.com/' },
        { kind: 'openMiniprogram', appid: 'wx5e1f8c27d90b643a', page: 'pages/home/index.html' },
        { kind: 'copied', text: '工单号' },
        {
          kind: 'previewImage',
          current: 'http://localhost/1.png',
          urls: ['http://localhost/1.png'],
        },
        { kind: 'close' },
      ])
  })
})
