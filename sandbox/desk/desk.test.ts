import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import type { DeskState, Webview } from '../api.ts'
import { openDesk, type TestDesk } from './testing/desk.ts'
import { chen, conversation, linyue, message, rep, scene } from './testing/scene.ts'

let desk: TestDesk
afterEach(() => desk.wrapper.unmount())

function wecom() {
  return desk.wrapper.get('section[aria-label="企业微信"]')
}
function phone() {
  return desk.wrapper.get('section[aria-label="手机"]')
}
function webview(part: Partial<Webview>): Webview {
  return {
    id: 'wv1',
    device: 'wecom',
    userId: rep.id,
    entry: 'single_chat_tools',
    conversationId: 'c1',
    miniprogram: null,
    url: '',
    title: '',
    scenario: {},
    pendingForward: null,
    pendingChoice: null,
    ...part,
  }
}
const card = {
  kind: 'miniprogram',
  appid: 'wxapp',
  appName: '澜川服务',
  title: '节能改造案例',
  imgUrl: 'http://localhost:3101/files/1',
  page: 'pages/material/index.html?share=1',
} as const
function withCard(): DeskState {
  return scene({
    conversations: [conversation({ messages: [message(rep, '2026-11-21T07:00:00.000Z', card)] })],
  })
}

test('the sidebar opens in a frame that is named with its webview id, in the context of the open conversation', async () => {
  desk = await openDesk(scene())
  expect(desk.webviewRequests()).toEqual([
    {
      device: 'wecom',
      userId: 'ZhouXiaolan',
      conversationId: 'c1',
      url: 'http://localhost:3101/sidebar/',
      scenario: {},
    },
  ])
  expect(wecom().get('iframe[title="营销助手"]').attributes('name')).toBe('wv1')
})

test('another conversation gets a webview of its own and the old one is given back', async () => {
  desk = await openDesk(scene())
  await wecom().get('li[aria-label="陈国栋"] button').trigger('click')
  await flushPromises()
  expect(desk.webviewRequests().at(-1)?.conversationId).toBe('c2')
  expect(desk.knocks).toContainEqual({ method: 'DELETE', path: '/webviews/wv1', body: undefined })
  expect(wecom().get('iframe').attributes('name')).toBe('wv2')
})

test('the profile card shows the sidebar with the contact_profile entry', async () => {
  desk = await openDesk(scene())
  await wecom().get('header button[aria-label="查看 林悦 的名片"]').trigger('click')
  await flushPromises()
  expect(desk.webviewRequests().at(-1)).toMatchObject({
    entry: 'contact_profile',
    externalUserId: 'wmLinyue',
  })
  expect(wecom().get('section[aria-label="客户名片"]').text()).toContain('恒进精密')
})

test('what the rep types goes out with Enter, but not while an input method is composing', async () => {
  desk = await openDesk(scene())
  const field = wecom().get('textarea')
  await field.setValue('下午见')
  await field.trigger('keydown', { key: 'Enter', isComposing: true })
  expect(desk.knocks.filter((knock) => knock.path === '/messages')).toEqual([])
  await field.trigger('keydown', { key: 'Enter' })
  await flushPromises()
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/messages',
    body: { conversationId: 'c1', from: rep, card: { kind: 'text', text: '下午见' } },
  })
  expect(field.element.value).toBe('')
})

test('a message that the sandbox refuses stays in the field and its reason is shown', async () => {
  desk = await openDesk(scene())
  desk.refuse('/messages', 'There is no such conversation')
  const field = wecom().get('textarea')
  await field.setValue('下午见')
  await wecom().get('form').trigger('submit')
  await flushPromises()
  expect(field.element.value).toBe('下午见')
  expect(desk.wrapper.get('[role="alert"]').text()).toContain('There is no such conversation')
})

test('an open chat on the phone counts what came in the other ones beside its way back', async () => {
  const friends = conversation({
    id: 'c3',
    kind: 'friends',
    participants: [linyue, chen],
    messages: [message(chen, '2026-11-21T07:30:00.000Z')],
  })
  const before = scene()
  before.conversations.push(friends)
  desk = await openDesk(before)
  await phone().get('li[aria-label="周晓岚"] button').trigger('click')
  expect(phone().find('[role="status"][aria-label$="条未读"]').exists()).toBe(false)
  const after = structuredClone(before)
  after.conversations.forEach(({ id, messages }) =>
    messages.push(message(id === 'c3' ? chen : rep, '2026-11-21T08:00:00.000Z')),
  )
  await desk.show(after)
  // The message in the open chat is read at once.
  expect(phone().get('[role="status"][aria-label$="条未读"]').text()).toBe('1')
})

test('a card opens the mini program in a frame of the phone, and the capsule closes it', async () => {
  desk = await openDesk(withCard())
  await phone().get('li[aria-label="周晓岚"] button').trigger('click')
  await phone().get('button[aria-label="打开小程序 节能改造案例"]').trigger('click')
  await flushPromises()
  expect(desk.webviewRequests().at(-1)).toEqual({
    device: 'wechat',
    userId: 'linyue',
    miniprogram: { appid: 'wxapp', page: 'pages/material/index.html?share=1' },
  })
  const frame = phone().get('iframe[title="小程序"]')
  expect(frame.attributes('name')).toBe('wv2')
  expect(frame.attributes('allow')).toBe('geolocation; clipboard-write; autoplay')
  await phone().get('button[aria-label="关闭小程序"]').trigger('click')
  // It goes down first, so that it can say its last word.
  await expect.poll(() => phone().find('iframe').exists()).toBe(false)
  expect(desk.knocks.at(-1)).toMatchObject({ method: 'DELETE', path: '/webviews/wv2' })
})

test('重新进入 leaves the H5 build, and without it begins the mini program anew', async () => {
  desk = await openDesk(withCard())
  await phone().get('li[aria-label="周晓岚"] button').trigger('click')
  await phone().get('button[aria-label="打开小程序 节能改造案例"]').trigger('click')
  await flushPromises()
  const choose = async (words: string) => {
    await phone().get('button[aria-label="更多"]').trigger('click')
    const item = phone()
      .findAll('button')
      .find((button) => button.text() === words)
    if (!item) throw new Error(`there is no «${words}»`)
    await item.trigger('click')
    await flushPromises()
    return desk.webviewRequests().at(-1)?.miniprogram
  }
  const native = { appid: 'wxapp', page: 'pages/material/index.html?share=1' }
  expect(await choose('用 H5 版打开')).toEqual({ ...native, build: 'h5' })
  const before = desk.webviewRequests().length
  expect(await choose('重新进入小程序')).toEqual(native)
  expect(desk.webviewRequests()).toHaveLength(before + 1)
  // The second time there is no H5 to leave.
  expect(await choose('重新进入小程序')).toEqual(native)
  expect(desk.webviewRequests()).toHaveLength(before + 2)
  expect(phone().get('iframe').attributes('name')).toBe(`wv${before + 2}`)
})

test('the phone asks for the location in the name of the app and sends the answer', async () => {
  desk = await openDesk(scene())
  const asking = scene()
  asking.devices.wechat.pendingLocation = {
    id: 'ask1',
    webviewId: 'wv9',
    appName: '澜川服务',
    purpose: null,
  }
  await desk.show(asking)
  const dialog = phone().get('[role="dialog"][aria-label="位置授权"]')
  expect(dialog.text()).toContain('澜川服务')
  await dialog
    .findAll('button')
    .find((button) => button.text() === '拒绝')
    ?.trigger('click')
  await flushPromises()
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/location-answers',
    body: { id: 'ask1', allow: false },
  })
  await desk.show(scene())
  expect(phone().find('[role="dialog"]').exists()).toBe(false)
})

test('Escape does not answer the location question for the customer', async () => {
  const asking = scene()
  asking.devices.wechat.pendingLocation = {
    id: 'ask1',
    webviewId: 'wv9',
    appName: '澜川服务',
    purpose: null,
  }
  desk = await openDesk(asking)
  await phone().get('[role="dialog"]').trigger('keydown', { key: 'Escape' })
  expect(phone().find('[role="dialog"]').exists()).toBe(true)
})

test('the person forwards a card from the mini program to a friend', async () => {
  desk = await openDesk(scene())
  const friends = conversation({
    id: 'f1',
    kind: 'friends',
    participants: [linyue, chen],
    messages: [],
  })
  await desk.show(
    scene({
      conversations: [...scene().conversations, friends],
      webviews: [webview({ id: 'wv7', device: 'wechat', userId: 'linyue', pendingForward: card })],
    }),
  )
  await phone().get('[role="dialog"] li[aria-label="陈国栋"] button').trigger('click')
  await flushPromises()
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/forwards',
    body: { webviewId: 'wv7', conversationId: 'f1' },
  })
})

test('a reset, which kills every webview, opens the sidebar again', async () => {
  desk = await openDesk(scene())
  await desk.show(scene({ webviews: [webview({})] }))
  expect(desk.webviewRequests()).toHaveLength(1)
  await desk.show(scene({ webviews: [] }))
  expect(desk.webviewRequests()).toHaveLength(2)
  expect(wecom().get('iframe').attributes('name')).toBe('wv2')
})

test('a reset from the bar closes what lay over the windows', async () => {
  desk = await openDesk(scene())
  await wecom().get('button[aria-label="新建"]').trigger('click')
  await wecom().findAll('[role="menuitem"]').at(-1)?.trigger('click')
  expect(wecom().find('[role="dialog"]').exists()).toBe(true)
  await desk.wrapper.get('button[aria-label="重置场景"]').trigger('click')
  await flushPromises()
  expect(wecom().find('[role="dialog"]').exists()).toBe(false)
})

test('a reset is noticed too when the stream had named the webview before the door answered', async () => {
  desk = await openDesk(scene())
  desk.beforeNextWebview(() =>
    desk.show(scene({ webviews: [webview({}), webview({ id: 'wv2' })] })),
  )
  await wecom().get('li[aria-label="陈国栋"] button').trigger('click')
  await flushPromises()
  expect(wecom().get('iframe').attributes('name')).toBe('wv2')
  await desk.show(scene({ webviews: [] }))
  expect(wecom().get('iframe').attributes('name')).toBe('wv3')
})

test('a webview that the state does not name yet is not opened twice', async () => {
  desk = await openDesk(scene())
  await desk.show(scene({ revision: 2 }))
  expect(desk.webviewRequests()).toHaveLength(1)
})

test('a lost stream is told, and the desk goes on when it is back', async () => {
  desk = await openDesk(scene())
  desk.sources.at(-1)?.onerror?.(new Event('error'))
  await flushPromises()
  expect(desk.wrapper.get('[role="alert"]').text()).toContain('正在重新连接')
  await desk.wrapper.get('[role="alert"] button').trigger('click')
  expect(desk.sources).toHaveLength(2)
  await desk.show(scene())
  expect(desk.wrapper.find('[role="alert"]').exists()).toBe(false)
})

test('a part of the desk that is not there is said, with a way to load it again', async () => {
  desk = await openDesk(scene())
  expect(desk.wrapper.find('[role="alert"]').exists()).toBe(false)
  window.dispatchEvent(new Event('vite:preloadError'))
  await flushPromises()
  const said = desk.wrapper.get('[role="alert"]')
  expect(said.text()).toContain('这一部分没有加载出来')
  expect(said.get('button').text()).toBe('重新加载')
})

test('a message for a customer who does not hold the phone is pointed out', async () => {
  const first = scene()
  desk = await openDesk(first)
  const next = structuredClone(first)
  next.conversations[1]?.messages.push(message(rep, '2026-11-21T07:59:00.000Z'))
  await desk.show(next)
  const hint = phone().get('.news')
  expect(hint.text()).toContain('陈国栋')
  await hint.trigger('click')
  expect(desk.knocks.at(-1)).toMatchObject({
    path: '/devices/wechat',
    body: { customerId: 'chen' },
  })
})

test('a long history shows its end and gives the rest on request', async () => {
  const messages = Array.from({ length: 10_000 }, (_, index) =>
    message(linyue, new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(), {
      kind: 'text',
      text: `第 ${index} 条`,
    }),
  )
  desk = await openDesk(scene({ conversations: [conversation({ messages })] }))
  const log = wecom().get('[role="log"]')
  expect(log.findAll('article')).toHaveLength(200)
  expect(log.findAll('article').at(-1)?.text()).toContain('第 9999 条')
  await log.get('.earlier').trigger('click')
  expect(log.findAll('article')).toHaveLength(400)
})

test('a member outside the visible range can be switched to', async () => {
  desk = await openDesk(scene())
  await wecom().get('button[aria-label="当前员工：周晓岚，点击切换"]').trigger('click')
  await wecom()
    .get('[role="menuitemradio"][aria-label="李卫东 不在应用可见范围内"]')
    .trigger('click')
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/devices/wecom',
    body: { memberId: 'LiWeidong' },
  })
})

test('a page that asks for a profile gets it', async () => {
  desk = await openDesk(scene())
  await desk.show(scene({ webviews: [webview({})] }))
  await desk.say({ type: 'action', webviewId: 'wv1', action: { kind: 'openProfile', party: chen } })
  expect(wecom().get('section[aria-label="客户名片"]').text()).toContain('陈国栋')
})

test('one switch turns the language of the desk and of both clients, one their theme', async () => {
  desk = await openDesk(scene())
  await flushPromises()
  expect(desk.clientSettings().at(-1)).toEqual({ language: 'zh', theme: 'light' })
  const before = desk.clientSettings().length
  await desk.wrapper
    .get('button[aria-label="切换到深色"], .bar button.tool:last-of-type')
    .trigger('click')
  await flushPromises()
  // Pages follow the theme where they are.
  expect(desk.clientSettings()).toHaveLength(before)
  await desk.wrapper.get('.bar button.text').trigger('click')
  await flushPromises()
  const opened = desk.clientSettings().slice(before)
  expect(opened.length).toBeGreaterThan(0)
  for (const one of opened) expect(one).toEqual({ language: 'en', theme: 'dark' })
  await desk.wrapper.get('.bar button.text').trigger('click')
  await desk.wrapper.get('.bar button.tool:last-of-type').trigger('click')
})
