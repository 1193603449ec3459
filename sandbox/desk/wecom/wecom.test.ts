import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import type { Choice, DeskState, Webview } from '../../api.ts'
import { openDesk, type TestDesk } from '../testing/desk.ts'
import { chen, conversation, customer, linyue, message, rep, scene } from '../testing/scene.ts'

let desk: TestDesk
afterEach(() => desk.wrapper.unmount())

const wecom = () => desk.wrapper.get('section[aria-label="企业微信"]')
const app: { kind: 'app'; id: string } = { kind: 'app', id: '1000002' }

/** Presses what has this name. */
async function press(name: string) {
  const found = wecom()
    .findAll('button')
    .find((button) => button.attributes('aria-label') === name || button.text() === name)
  if (!found) throw new Error(`nothing to press is called "${name}"`)
  await found.trigger('click')
  await flushPromises()
}

const mobile = async (state: DeskState = scene()) => {
  desk = await openDesk(state)
  await press('手机端')
}

const withGroup = () =>
  scene({
    conversations: [
      ...scene().conversations,
      conversation({
        id: 'g1',
        kind: 'group',
        chatId: 'wr1',
        name: '保养交流群',
        participants: [rep, linyue, chen],
        messages: [],
      }),
    ],
    groupChats: [{ chatId: 'wr1', name: '保养交流群', ownerId: rep.id, conversationId: 'g1' }],
  })

test('the phone begins with the chats, opens our page over a chat full screen, and finds its way back', async () => {
  await mobile()
  expect(wecom().find('iframe').exists()).toBe(false)
  await wecom().get('li[aria-label="陈国栋"] button').trigger('click')
  await press('打开应用 营销助手')
  expect(desk.webviewRequests().at(-1)).toEqual({
    device: 'wecom',
    userId: rep.id,
    conversationId: 'c2',
    url: 'http://localhost:3101/sidebar/',
    scenario: { system: 'ios' },
  })
  expect(wecom().find('iframe[title="营销助手"]').exists()).toBe(true)
  await press('关闭应用')
  expect(wecom().find('iframe').exists()).toBe(false)
  await press('返回聊天列表')
  expect(wecom().find('li[aria-label="林悦"]').exists()).toBe(true)
})

test('every entry of the phone opens our page in its own context', async () => {
  await mobile(withGroup())
  await wecom().get('li[aria-label="林悦"] button').trigger('click')
  await press('附件栏')
  await wecom().get('ul[aria-label="附件栏"] button').trigger('click')
  await flushPromises()
  expect(desk.webviewRequests().at(-1)).toMatchObject({
    entry: 'chat_attachment',
    conversationId: 'c1',
  })
  await press('关闭应用')
  await press('查看 林悦 的名片')
  await press('打开应用 营销助手')
  expect(desk.webviewRequests().at(-1)).toMatchObject({
    entry: 'contact_profile',
    externalUserId: 'wmLinyue',
  })
  await press('关闭应用')
  await press('返回')
  await press('返回聊天列表')
  await wecom().get('li[aria-label="保养交流群"] button').trigger('click')
  await press('打开应用 营销助手')
  expect(desk.webviewRequests().at(-1)).toMatchObject({ conversationId: 'g1' })
  await press('关闭应用')
  await press('返回聊天列表')
  await press('工作台')
  await press('营销助手')
  expect(desk.webviewRequests().at(-1)).toMatchObject({ entry: 'normal' })
  expect(desk.webviewRequests().at(-1)).not.toHaveProperty('conversationId')
})

test('the desktop opens our page from the attachment menu and from the workbench', async () => {
  desk = await openDesk(scene())
  await press('附件栏')
  await press('营销助手')
  expect(desk.webviewRequests().at(-1)).toMatchObject({
    entry: 'chat_attachment',
    conversationId: 'c1',
  })
  expect(wecom().get('[role="dialog"] iframe').attributes('title')).toBe('营销助手·附件栏')
  await press('关闭')
  await press('工作台')
  await press('营销助手')
  expect(desk.webviewRequests().at(-1)).toMatchObject({ entry: 'normal' })
})

test('a member outside the visible range has no app on the workbench', async () => {
  const state = scene()
  desk = await openDesk({
    ...state,
    members: state.members.map((one) => ({ ...one, visible: false })),
  })
  await press('工作台')
  expect(wecom().text()).toContain('不在应用的可见范围内')
})

test('version, system and troubles of the client go with each page, and can be set back', async () => {
  desk = await openDesk(scene())
  const set = async (name: string) => {
    await press('客户端状况')
    await press(name)
  }
  await set('3.0.20（必须先 config）')
  await set('macOS')
  await set('签名校验不通过')
  expect(desk.webviewRequests().at(-1)?.scenario).toEqual({
    clientVersion: '3.0.20',
    system: 'macos',
    wrongTicket: true,
  })
  expect(wecom().get('.toolbar').text()).toContain(
    '客户端状况：签名校验不通过，3.0.20（必须先 config）',
  )
  await set('恢复正常')
  expect(desk.webviewRequests().at(-1)?.scenario).toEqual({ system: 'macos' })
})

test('of ten thousand contacts only those in sight are drawn; all are found by remark, company and phone, and reached with the keyboard', async () => {
  const follow = {
    memberId: rep.id,
    description: '',
    tags: [],
    addedAt: '2026-01-01T00:00:00.000Z',
    addWay: 1,
    state: null,
  }
  const customers = Array.from({ length: 10_000 }, (_, index) =>
    customer({
      id: `c${index}`,
      name: `微信${index}`,
      corpName: index === 7777 ? '恒进精密' : '其他',
      follows: [
        { ...follow, remark: `客户${index}`, phones: [`138${String(index).padStart(8, '0')}`] },
      ],
    }),
  )
  desk = await openDesk(scene({ customers, conversations: [] }))
  await press('通讯录')
  const list = () => wecom().get('ul[aria-label="我的客户"]')
  expect(list().findAll('li').length).toBeLessThan(40)
  expect(list().get('li').attributes()).toMatchObject({
    'aria-setsize': '10000',
    'aria-posinset': '1',
    'aria-label': '客户0',
  })
  await list().trigger('keydown', { key: 'ArrowDown' })
  await flushPromises()
  expect(document.activeElement?.closest('li')?.getAttribute('aria-label')).toBe('客户1')
  const search = async (words: string) => {
    await wecom().get('input[type="search"]').setValue(words)
    return list()
      .findAll('li')
      .map((one) => one.attributes('aria-label'))
  }
  expect(await search('恒进')).toEqual(['客户7777'])
  expect(await search('13800004242')).toEqual(['客户4242'])
  expect(await search('微信999')).toContain('客户9990')
  await wecom().get('input[type="search"]').setValue('没有这个人')
  expect(wecom().text()).toContain('没有匹配的客户')
})

test('a group shows who is in it, its owner first', async () => {
  desk = await openDesk(withGroup())
  await wecom().get('li[aria-label="保养交流群"] button').trigger('click')
  await press('群成员')
  const people = wecom().get('.members[aria-label="群成员"]')
  expect(people.findAll('li').map((one) => one.attributes('aria-label'))).toEqual([
    '周晓岚',
    '林悦',
    '陈国栋',
  ])
  expect(people.get('li').text()).toContain('群主')
})

test('a message of the app stands in a chat of its own, without a chat toolbar', async () => {
  const form = {
    kind: 'form',
    title: '新工单',
    desc: '',
    rows: [],
    button: '',
    url: 'http://localhost:3101/sidebar/#/orders',
  } as const
  const said = message(app, '2026-11-21T07:30:00.000Z', { ...form, rows: [...form.rows] })
  desk = await openDesk(
    scene({
      conversations: [
        conversation({ id: 'a1', kind: 'app', participants: [rep, app], messages: [said] }),
      ],
    }),
  )
  expect(wecom().get('li[aria-label="营销助手"]').text()).toContain('[通知] 新工单')
  expect(wecom().find('.toolbar').exists()).toBe(false)
  await press('打开通知 新工单')
  expect(desk.webviewRequests().at(-1)).toMatchObject({
    entry: 'normal',
    url: 'http://localhost:3101/sidebar/#/orders',
  })
})

test('a page lets the rep choose customers, within what it asked for', async () => {
  const choice: Choice = {
    id: 'ask1',
    kind: 'externalContacts',
    title: '选择客户',
    options: [linyue, chen].map(({ id }) => ({
      id,
      name: id,
      note: '',
      imageUrl: null,
      chosen: false,
    })),
    least: 1,
    most: 1,
    isFree: false,
    cards: [],
  }
  const asking: Webview = {
    id: 'wv1',
    device: 'wecom',
    userId: rep.id,
    entry: 'normal',
    conversationId: null,
    miniprogram: null,
    url: '',
    title: '',
    scenario: {},
    pendingForward: null,
    pendingChoice: choice,
  }
  desk = await openDesk(scene())
  await desk.show(scene({ webviews: [asking] }))
  const dialog = () => wecom().get('[role="dialog"][aria-label="选择客户"]')
  expect(dialog().get('.main').attributes('disabled')).toBeDefined()
  await dialog().get('li[aria-label="linyue"] button').trigger('click')
  await dialog().get('li[aria-label="chen"] button').trigger('click')
  await dialog().get('.main').trigger('click')
  await flushPromises()
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/choices',
    body: { webviewId: 'wv1', id: 'ask1', answer: ['chen'] },
  })
  await dialog().trigger('keydown', { key: 'Escape' })
  expect(desk.knocks.at(-1)?.body).toEqual({ webviewId: 'wv1', id: 'ask1', answer: null })
})

test('the rep edits remark and tags, and deletes a customer only after a second word', async () => {
  desk = await openDesk()
  desk.answer('/happenings', { items: [{ name: 'contact.edit' }, { name: 'contact.delete' }] })
  await desk.show(
    scene({ tagGroups: [{ id: 'tg', name: '阶段', tags: [{ id: 't1', name: '意向' }] }] }),
  )
  await press('查看 林悦 的名片')
  await press('设置备注和标签')
  await wecom().get('[role="dialog"] input').setValue('林工')
  await press('意向')
  await wecom().get('[role="dialog"] form').trigger('submit')
  await flushPromises()
  expect(desk.knocks.at(-1)).toMatchObject({
    path: '/happenings/contact.edit',
    body: {
      memberId: rep.id,
      customerId: linyue.id,
      remark: '林工',
      addTags: ['t1'],
      removeTags: [],
    },
  })
  expect(wecom().find('[role="dialog"]').exists()).toBe(false)
  await press('删除客户')
  expect(desk.knocks.some((knock) => knock.path === '/happenings/contact.delete')).toBe(false)
  await press('删除')
  expect(desk.knocks.find((knock) => knock.path === '/happenings/contact.delete')?.body).toEqual({
    memberId: rep.id,
    customerId: linyue.id,
  })
})

test('what the sandbox does not play is not offered', async () => {
  desk = await openDesk(scene())
  await press('新建')
  expect(wecom().find('[role="menu"]').text()).not.toContain('发起客户群')
  await press('查看 林悦 的名片')
  expect(wecom().text()).not.toContain('删除客户')
})

test('a scene with another app says how to start the server for it', async () => {
  desk = await openDesk()
  await desk.show(scene())
  await flushPromises()
  expect(desk.wrapper.text()).not.toContain('SANDBOX_SCENE')
  await desk.show(scene({ scene: 'empty', isOtherApp: true }))
  await flushPromises()
  expect(desk.wrapper.text()).toContain(
    '此场景用另一个应用：用 SANDBOX_SCENE=empty npm start 重新启动',
  )
  // The same scene, with a server that was started for it, and another one again.
  await desk.show(scene({ scene: 'empty', isOtherApp: false }))
  expect(desk.wrapper.text()).not.toContain('SANDBOX_SCENE')
  await desk.show(scene({ scene: 'busy-rep', isOtherApp: true }))
  expect(desk.wrapper.text()).toContain('SANDBOX_SCENE=busy-rep')
})

test('time, tokens, visible range and trusted host are set from the bar', async () => {
  desk = await openDesk(scene({ trustedHosts: ['localhost:3101'] }))
  const choose = async (name: string) => {
    if (!desk.wrapper.find('header [role="menu"][aria-label="平台状况"]').exists())
      await desk.wrapper.get('button[aria-label="平台状况"]').trigger('click')
    const item = desk.wrapper
      .findAll('header [role^="menuitem"]')
      .find((one) => one.text() === name)
    await item?.trigger('click')
    await flushPromises()
    return desk.knocks.at(-1)
  }
  expect(await choose('时间前进 2 小时')).toMatchObject({
    path: '/clock',
    body: { advanceSeconds: 7200 },
  })
  expect(await choose('全部 jsapi_ticket 立即失效')).toMatchObject({ path: '/tickets/revoke' })
  expect(await choose('localhost:3101 是可信域名')).toMatchObject({
    path: '/trusted-hosts',
    body: { hosts: [] },
  })
  expect(await choose('李卫东')).toMatchObject({
    path: '/visible-range',
    body: { memberIds: [rep.id, 'LiWeidong'] },
  })
})

test('a mass message of the company waits until the rep sends it', async () => {
  const task = {
    msgid: 'msgX',
    memberId: rep.id,
    createdAt: '2026-11-21T07:00:00.000Z',
    receivers: 2,
  }
  const state = scene({ massTasks: [{ ...task, cards: [{ kind: 'text', text: '年底保养优惠' }] }] })
  desk = await openDesk(state)
  await press('1 个企业群发待发送')
  expect(wecom().get('[role="dialog"]').text()).toContain('年底保养优惠')
  await press('确认发送')
  expect(desk.knocks.at(-1)).toMatchObject({
    path: '/happenings/mass.confirm',
    body: { msgid: 'msgX', memberId: rep.id },
  })
  await desk.show(scene())
  expect(wecom().get('[role="dialog"]').text()).toContain('没有待发送的企业群发')
})

test('who is added scans a contact code, or is found by name; codes of other kinds are not shown', async () => {
  const code = (id: string, text: string) => ({ id, title: id, text, imageUrl: '' })
  const stranger = customer({ id: 'su', name: '苏子豪', follows: [] })
  desk = await openDesk(
    scene({
      customers: [...scene().customers, stranger],
      shownCodes: [
        code('展台', 'https://work.weixin.qq.com/u/vc1'),
        code('公众号', 'http://weixin.qq.com/q/1'),
      ],
    }),
  )
  await press('新建')
  await press('添加客户')
  const dialog = wecom().get('[role="dialog"]')
  expect(dialog.get('ul[aria-label="联系我二维码"]').text()).toBe('展台')
  expect(
    dialog.findAll('ul[aria-label="还不是客户的人"] li').map((one) => one.attributes('aria-label')),
  ).toEqual(['添加 苏子豪'])
  await dialog.get('li[aria-label="添加 苏子豪"] button').trigger('click')
  await flushPromises()
  expect(desk.knocks.find((knock) => knock.path === '/follows')?.body).toEqual({
    memberId: rep.id,
    customerId: 'su',
  })
})
