import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import type { Card } from '../../api.ts'
import { openDesk, type TestDesk } from '../testing/desk.ts'
import { conversation, message, rep, scene } from '../testing/scene.ts'

let desk: TestDesk
afterEach(() => desk.wrapper.unmount())

/** The card as the customer sees it. */
async function received(card: Card) {
  desk = await openDesk(
    scene({
      conversations: [conversation({ messages: [message(rep, '2026-11-21T07:00:00.000Z', card)] })],
    }),
  )
  const phone = desk.wrapper.get('section[aria-label="手机"]')
  await phone.get('li[aria-label="周晓岚"] button').trigger('click')
  return phone
}

test('text keeps its line breaks and is never read as HTML', async () => {
  const phone = await received({
    kind: 'text',
    text: '第一行\n<b onclick="x()">第二行</b> 👩‍🔧 مرحبا',
  })
  expect(phone.get('.bubble').text()).toBe('第一行\n<b onclick="x()">第二行</b> 👩‍🔧 مرحبا')
  expect(phone.find('.bubble b').exists()).toBe(false)
})

test('a mini-program card names the program, shows title and picture, and says what it is', async () => {
  const phone = await received({
    kind: 'miniprogram',
    appid: 'wxapp',
    appName: '澜川服务',
    title: '节能改造案例',
    imgUrl: 'http://localhost:3101/files/1',
    page: 'pages/material/index.html?share=1',
  })
  const card = phone.get('button[aria-label="打开小程序 节能改造案例"]')
  expect(card.text()).toContain('澜川服务')
  expect(card.text()).toContain('小程序')
  expect(card.get('.cover img').attributes('src')).toBe('http://localhost:3101/files/1')
  await card.get('.cover img').trigger('error')
  expect(card.find('.cover img').exists()).toBe(false)
})

test('on the rep’s side a mini-program card is a picture of what was sent, not a way in', async () => {
  await received({
    kind: 'miniprogram',
    appid: 'wxapp',
    appName: '澜川服务',
    title: '案例',
    imgUrl: '',
    page: 'pages/a/b.html',
  })
  const wecom = desk.wrapper.get('section[aria-label="企业微信"]')
  expect(wecom.text()).toContain('案例')
  expect(wecom.find('button[aria-label="打开小程序 案例"]').exists()).toBe(false)
})

test('a link opens in the phone’s browser, which closes with its cross', async () => {
  const phone = await received({
    kind: 'link',
    title: '保养要点',
    desc: '五个地方',
    imgUrl: '',
    url: 'http://localhost:3101/h5/#/pages/a/b',
  })
  await phone.get('button[aria-label="打开链接 保养要点"]').trigger('click')
  await flushPromises()
  expect(desk.webviewRequests().at(-1)).toEqual({
    device: 'wechat',
    userId: 'linyue',
    url: 'http://localhost:3101/h5/#/pages/a/b',
  })
  expect(phone.find('iframe[title="网页"]').exists()).toBe(true)
  await phone.get('button[aria-label="关闭网页"]').trigger('click')
  expect(phone.find('iframe').exists()).toBe(false)
})

test('a file shows its name, kind and size', async () => {
  const phone = await received({
    kind: 'file',
    name: 'LC-75 技术规格书.pdf',
    bytes: 1_887_437,
    url: 'http://localhost:3101/files/2',
  })
  const card = phone.get('button[aria-label="打开文件 LC-75 技术规格书.pdf"]')
  expect(card.text()).toContain('PDF')
  expect(card.text()).toContain('1.8 MB')
})

test('a picture opens over the phone and Escape closes it', async () => {
  const phone = await received({ kind: 'image', url: 'http://localhost:3101/files/3' })
  await phone.get('button[aria-label="查看图片"]').trigger('click')
  const viewer = phone.get('[role="dialog"][aria-label="图片"]')
  expect(viewer.get('img').attributes('src')).toBe('http://localhost:3101/files/3')
  await viewer.trigger('keydown', { key: 'Escape' })
  expect(phone.find('[role="dialog"]').exists()).toBe(false)
})

test('a voice message tells its length', async () => {
  const phone = await received({ kind: 'voice', seconds: 12, url: 'http://localhost:3100/media/1' })
  expect(phone.get('button[aria-label="播放语音 12 秒"]').text()).toContain('12″')
})

test('a place shows its name, address and the map around it', async () => {
  const phone = await received({
    kind: 'location',
    name: '恒进精密',
    address: '曹安公路 4800 号',
    latitude: 31.3,
    longitude: 120.6,
  })
  const card = phone.get('button[aria-label="查看位置 恒进精密"]')
  expect(card.text()).toContain('曹安公路 4800 号')
  expect(card.findAll('img').map((tile) => tile.attributes('src'))).toContain(
    '/map/15/27361/13381.svg',
  )
})

test('a grey line has no speaker', async () => {
  const phone = await received({ kind: 'notice', text: '你已添加了周晓岚' })
  expect(phone.get('.notice').text()).toBe('你已添加了周晓岚')
  expect(phone.findAll('article')).toHaveLength(0)
})

test('each article of a message leads to its own page', async () => {
  const article = (title: string) => ({
    title,
    desc: '',
    imgUrl: '',
    url: `http://localhost:3101/h5/#/${title}`,
  })
  const phone = await received({
    kind: 'articles',
    articles: [article('first'), article('second')],
  })
  await phone.get('button[aria-label="打开图文 second"]').trigger('click')
  await flushPromises()
  expect(desk.webviewRequests().at(-1)).toMatchObject({ url: 'http://localhost:3101/h5/#/second' })
})

test('a notice shows its rows and leads to its mini program; without a way on it is no button', async () => {
  const form = {
    kind: 'form',
    title: '工单进度',
    desc: '',
    rows: [{ name: '状态', value: '已派工' }],
    button: '查看',
    url: null,
  } as const
  const phone = await received({
    ...form,
    rows: [...form.rows],
    miniprogram: { appid: 'wxapp', page: 'pages/order/index.html?id=1' },
  })
  const card = phone.get('button[aria-label="打开通知 工单进度"]')
  expect(card.text()).toContain('已派工')
  await card.trigger('click')
  await flushPromises()
  expect(desk.webviewRequests().at(-1)?.miniprogram).toEqual({
    appid: 'wxapp',
    page: 'pages/order/index.html?id=1',
  })
  desk.wrapper.unmount()
  expect(
    (await received({ ...form, rows: [] })).find('button[aria-label^="打开通知"]').exists(),
  ).toBe(false)
})

test('a menu message offers its items as words, never as HTML', async () => {
  const phone = await received({
    kind: 'choices',
    head: '请选择',
    items: [{ id: '1', text: '<i>保养</i>' }],
    tail: '',
  })
  expect(phone.get('button[aria-label="选择 <i>保养</i>"]').text()).toBe('<i>保养</i>')
})
