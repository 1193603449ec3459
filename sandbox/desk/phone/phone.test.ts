import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import type { DeskState, MenuButton, OfficialAccount, Party } from '../../api.ts'
import { openDesk, type TestDesk } from '../testing/desk.ts'
import { chen, conversation, linyue, message, rep, scene } from '../testing/scene.ts'

let desk: TestDesk
afterEach(() => desk.wrapper.unmount())

const service: Party = { kind: 'official', id: 'wxservice' }

function phone() {
  return desk.wrapper.get('section[aria-label="手机"]')
}
async function tap(selector: string) {
  await phone().get(selector).trigger('click')
  await flushPromises()
}
/** A button by its words. */
async function press(words: string) {
  const found = phone()
    .findAll('button')
    .find((button) => button.text() === words)
  if (!found) throw new Error(`there is no button "${words}"`)
  await found.trigger('click')
  await flushPromises()
}
function scans() {
  return desk.knocks.filter(({ path }) => path === '/scans').map(({ body }) => body)
}
function lines() {
  return phone()
    .findAll('ul[aria-label="聊天列表"] > li')
    .map((line) => line.attributes('aria-label'))
}

function button(part: Partial<MenuButton>): MenuButton {
  return { path: '0', name: '', type: 'click', url: null, miniprogram: null, children: [], ...part }
}
function account(part: Partial<OfficialAccount> = {}): OfficialAccount {
  return {
    appid: service.id,
    name: '澜川机电',
    iconUrl: '',
    kind: 'service',
    menu: [],
    followers: [linyue.id],
    ...part,
  }
}
const news: OfficialAccount = account({ appid: 'wxnews', name: '澜川资讯', kind: 'subscription' })

function withAccounts(...accounts: OfficialAccount[]): DeskState {
  const at = '2026-11-21T07:30:00.000Z'
  const talks = accounts.map(({ appid, name }) => {
    const party: Party = { kind: 'official', id: appid }
    return conversation({
      id: appid,
      kind: 'official',
      participants: [linyue, party],
      messages: [message(party, at, { kind: 'text', text: `欢迎关注${name}` })],
    })
  })
  return scene({ officialAccounts: accounts, conversations: [...scene().conversations, ...talks] })
}

test('subscription accounts stand behind one line, service accounts among the chats', async () => {
  desk = await openDesk(withAccounts(account(), news))
  expect(lines()).toEqual(['澜川机电', '订阅号消息', '周晓岚'])
  await tap('li[aria-label="订阅号消息"] button')
  expect(phone().get('section[aria-label="订阅号消息"]').text()).toContain('澜川资讯')
})

test('an account that is not followed any more has left the chats', async () => {
  desk = await openDesk(withAccounts(account({ followers: [] })))
  expect(lines()).toEqual(['周晓岚'])
})

test('a menu opens its sub-menu, and the phone follows what the account’s button names', async () => {
  const menu = [
    button({
      name: '服务',
      type: null,
      children: [
        button({ path: '0.1', name: '报修', type: 'view', url: 'http://localhost:3101/h5/' }),
      ],
    }),
  ]
  desk = await openDesk(withAccounts(account({ menu })))
  await tap('li[aria-label="澜川机电"] button')
  expect(phone().find('input[aria-label="发消息"]').exists()).toBe(false)
  await tap('button[aria-label="服务，有子菜单"]')
  desk.answer('/happenings/official.menu', { kind: 'url', url: 'http://localhost:3101/h5/' })
  await press('报修')
  expect(desk.knocks).toContainEqual({
    method: 'POST',
    path: '/happenings/official.menu',
    body: { appid: 'wxservice', customerId: 'linyue', path: '0.1' },
  })
  expect(desk.webviewRequests().at(-1)).toEqual({
    device: 'wechat',
    userId: 'linyue',
    url: 'http://localhost:3101/h5/',
  })
})

test('the keyboard replaces the menu and back', async () => {
  desk = await openDesk(withAccounts(account({ menu: [button({ name: '优惠' })] })))
  await tap('li[aria-label="澜川机电"] button')
  await tap('button[aria-label="切换到键盘"]')
  await phone().get('input[aria-label="发消息"]').setValue('在吗')
  await phone().get('form').trigger('submit')
  await flushPromises()
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/messages',
    body: { conversationId: 'wxservice', from: linyue, card: { kind: 'text', text: '在吗' } },
  })
  await tap('button[aria-label="切换到菜单"]')
  expect(phone().find('nav[aria-label="公众号菜单"]').exists()).toBe(true)
})

test('an item of a menu message is chosen, not typed', async () => {
  const state = withAccounts(account())
  const asked = message(service, '2026-11-21T07:40:00.000Z', {
    kind: 'choices',
    head: '满意吗？',
    items: [{ id: '101', text: '满意' }],
    tail: '',
  })
  state.conversations.at(-1)?.messages.push(asked)
  desk = await openDesk(state)
  await tap('li[aria-label="澜川机电"] button')
  await tap('button[aria-label="选择 满意"]')
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/happenings/official.choose',
    body: { appid: 'wxservice', customerId: 'linyue', messageId: asked.id, itemId: '101' },
  })
})

test('unfollowing asks first', async () => {
  desk = await openDesk(withAccounts(account()))
  await press('通讯录')
  await tap('li[aria-label="公众号"] button')
  await tap('li[aria-label="澜川机电"] button')
  await press('不再关注')
  expect(desk.knocks.some(({ path }) => path === '/happenings/official.unfollow')).toBe(false)
  const yes = phone().findAll('[role="dialog"] button').at(-1)
  await yes?.trigger('click')
  await flushPromises()
  expect(desk.knocks).toContainEqual({
    method: 'POST',
    path: '/happenings/official.unfollow',
    body: { appid: 'wxservice', customerId: 'linyue' },
  })
})

test('notices of 服务通知 cannot be answered', async () => {
  const notice = {
    kind: 'form',
    title: '工单进度',
    desc: '',
    rows: [],
    button: '',
    url: null,
    miniprogram: { appid: 'wxapp', page: 'pages/order' },
  } as const
  const from: Party = { kind: 'service', id: 'service' }
  const talk = conversation({
    id: 's1',
    kind: 'service',
    participants: [linyue, from],
    messages: [message(from, '2026-11-21T07:50:00.000Z', { ...notice, rows: [] })],
  })
  desk = await openDesk(scene({ conversations: [talk] }))
  await tap('li[aria-label="服务通知"] button')
  expect(phone().find('form').exists()).toBe(false)
  await tap('button[aria-label="打开通知 工单进度"]')
  expect(desk.webviewRequests().at(-1)?.miniprogram).toEqual({
    appid: 'wxapp',
    page: 'pages/order',
  })
})

test('a scanned contact code shows the rep’s card; only adding scans in earnest', async () => {
  const code = {
    id: 'w1',
    title: '联系我：展会',
    text: 'https://work.weixin.qq.com/u/vc1',
    imageUrl: 'code.png',
  }
  desk = await openDesk(scene({ shownCodes: [code] }))
  await press('发现')
  await tap('li[aria-label="扫一扫"] button')
  desk.answer('/scans', { kind: 'card', party: { kind: 'member', id: 'LiWeidong' } })
  await tap('button[aria-label="扫描 联系我：展会"]')
  const looked = { device: 'wechat', userId: 'linyue', text: code.text }
  expect(scans().at(-1)).toEqual({ ...looked, isLooking: true })
  expect(phone().get('section[aria-label="企业微信名片"]').text()).toContain('李卫东')
  desk.answer('/scans', { kind: 'conversation', conversationId: 'c1' })
  await press('添加到通讯录')
  expect(scans().at(-1)).toEqual({ ...looked, isLooking: false })
  expect(phone().find('[role="log"][aria-label="手机聊天内容"]').exists()).toBe(true)
})

test('a code that only says something is shown as text, never as HTML', async () => {
  desk = await openDesk(scene())
  await press('发现')
  await tap('li[aria-label="扫一扫"] button')
  desk.answer('/scans', { kind: 'text', text: '<img src=x onerror=alert(1)>' })
  await phone().get('input[aria-label="或者输入码的内容"]').setValue('x')
  await phone().get('form').trigger('submit')
  await flushPromises()
  expect(phone().get('section[aria-label="扫描结果"]').text()).toContain(
    '<img src=x onerror=alert(1)>',
  )
})

test('a rep is deleted only where the sandbox plays it, and after a question', async () => {
  desk = await openDesk(scene())
  desk.answer('/happenings', { items: [{ name: 'contact.deleted-by-customer', says: '' }] })
  await press('通讯录')
  await tap('li[aria-label="周晓岚"] button')
  await press('删除联系人')
  await phone().findAll('[role="dialog"] button').at(-1)?.trigger('click')
  await flushPromises()
  expect(desk.knocks).toContainEqual({
    method: 'POST',
    path: '/happenings/contact.deleted-by-customer',
    body: { memberId: 'ZhouXiaolan', customerId: 'linyue' },
  })
})

test('a rep who was deleted is no contact and has no chat any more', async () => {
  const state = scene()
  const follow = state.customers[0]?.follows[0]
  if (follow) follow.lost = true
  desk = await openDesk(state)
  expect(lines()).toEqual([])
  await press('通讯录')
  expect(phone().find('li[aria-label="周晓岚"]').exists()).toBe(false)
})

test('the network is switched in the settings, which lie over an open page; the status bar says it', async () => {
  desk = await openDesk(scene())
  await tap('button[aria-label="手机设置"]')
  const offline = phone().get<HTMLInputElement>('input[name="network"][value="offline"]')
  await offline.setValue(true)
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/devices/wechat',
    body: { network: 'offline' },
  })
  const state = scene()
  state.devices.wechat.network = 'offline'
  await desk.show(state)
  expect(phone().get('.status').text()).toContain('无网络')
})

test('without a network nothing is sent, and what was typed stays', async () => {
  const state = scene()
  state.devices.wechat.network = 'offline'
  desk = await openDesk(state)
  await tap('li[aria-label="周晓岚"] button')
  const field = phone().get<HTMLInputElement>('input[aria-label="发消息"]')
  await field.setValue('在吗')
  await phone().get('form').trigger('submit')
  await flushPromises()
  expect(desk.knocks.some(({ path }) => path === '/messages')).toBe(false)
  expect(field.element.value).toBe('在吗')
})

test('the arrow keys move the pin, ten metres or a hundred', async () => {
  desk = await openDesk(scene())
  await tap('button[aria-label="手机设置"]')
  const pin = phone().get('button[aria-label^="图钉"]')
  await pin.trigger('keydown', { key: 'ArrowUp' })
  expect(desk.knocks.at(-1)?.body).toEqual({
    position: { latitude: 31.30009, longitude: 120.6, accuracy: 30 },
  })
  await pin.trigger('keydown', { key: 'ArrowLeft', shiftKey: true })
  expect(desk.knocks.at(-1)?.body).toEqual({
    position: { latitude: 31.3, longitude: 120.598949, accuracy: 30 },
  })
})

test('what is typed into the position stays while other things happen', async () => {
  desk = await openDesk(scene())
  await tap('button[aria-label="手机设置"]')
  const field = phone().get<HTMLInputElement>('input[inputmode="decimal"]')
  await field.setValue('40')
  await desk.show(scene({ revision: 2 }))
  expect(field.element.value).toBe('40')
})

test('a file and a place open on pages of their own', async () => {
  const talk = conversation({
    messages: [
      message(rep, '2026-11-21T07:00:00.000Z', {
        kind: 'file',
        name: '选型手册.pdf',
        bytes: 2048,
        url: 'f',
      }),
      message(rep, '2026-11-21T07:01:00.000Z', {
        kind: 'location',
        name: '恒进精密',
        address: '曹安公路',
        latitude: 31.3,
        longitude: 120.6,
      }),
    ],
  })
  desk = await openDesk(scene({ conversations: [talk] }))
  await tap('li[aria-label="周晓岚"] button')
  await tap('button[aria-label="打开文件 选型手册.pdf"]')
  expect(phone().get('section[aria-label="文件预览"]').text()).toContain('2 KB')
  await tap('button[aria-label="返回"]')
  await tap('button[aria-label="查看位置 恒进精密"]')
  expect(phone().get('section[aria-label="位置"]').text()).toContain('31.300000')
})

test('a group lists its members, and a member’s card leads on', async () => {
  const group = conversation({
    id: 'g1',
    kind: 'group',
    chatId: 'wr1',
    name: '保养群',
    participants: [rep, linyue, chen],
    messages: [],
  })
  desk = await openDesk(scene({ conversations: [group] }))
  await tap('li[aria-label="保养群"] button')
  await tap('button[aria-label="聊天信息"]')
  const page = phone().get('section[aria-label="聊天信息"]')
  expect(page.findAll('li .name').map((one) => one.text())).toEqual(['周晓岚', '林悦', '陈国栋'])
  await page
    .findAll('button')
    .find((one) => one.text().includes('周晓岚'))
    ?.trigger('click')
  expect(phone().find('section[aria-label="企业微信名片"]').exists()).toBe(true)
})

test('a page asks for pictures, and the person’s choice goes back', async () => {
  const option = (id: string) => ({ id, name: id, note: '', imageUrl: null, chosen: false })
  const choice = {
    id: 'ch1',
    kind: 'images',
    title: '选择图片',
    options: [option('a'), option('b')],
    least: 1,
    most: 2,
    isFree: false,
    cards: [],
  } as const
  const asking = {
    id: 'wv9',
    device: 'wechat',
    userId: 'linyue',
    entry: null,
    conversationId: null,
    miniprogram: null,
    url: '',
    title: '',
    scenario: {},
    pendingForward: null,
  } as const
  desk = await openDesk(scene())
  await desk.show(
    scene({
      webviews: [
        { ...asking, pendingChoice: { ...choice, options: [...choice.options], cards: [] } },
      ],
    }),
  )
  await tap('[role="dialog"] button[aria-label="b"]')
  await phone()
    .findAll('[role="dialog"] button')
    .find((one) => one.text().startsWith('确定'))
    ?.trigger('click')
  await flushPromises()
  expect(desk.knocks.at(-1)).toEqual({
    method: 'POST',
    path: '/choices',
    body: { webviewId: 'wv9', id: 'ch1', answer: ['b'] },
  })
})

test('the purpose that a mini program declares stands in the question for the position', async () => {
  const state = scene()
  state.devices.wechat.pendingLocation = {
    id: 'ask1',
    webviewId: 'wv9',
    appName: '澜川服务',
    purpose: '用于填写报修地址',
  }
  desk = await openDesk(state)
  expect(phone().get('[role="dialog"]').text()).toContain('用于填写报修地址')
})
