import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import type { Card } from '../../api.ts'
import { openDesk, type TestDesk } from '../testing/desk.ts'
import { conversation, message, rep, scene } from '../testing/scene.ts'

let desk: TestDesk
afterEach(() => desk.wrapper.unmount())

/** The card as the customer sees it. */
async function received(card: Card) {
  desk = await openDesk(scene({ conversations: [conversation({ messages: [message(rep, '2026-11-21T07:00:00.000Z', card)] })] }))
  const phone = desk.wrapper.get('section[aria-label="手机"]')
  await phone.get('li[aria-label="周晓岚"] button').trigger('click')
  return phone
}

test('text keeps its line breaks and is never read as HTML', async () => {
  const phone = await received({ kind: 'text', text: '第一行\n<b onclick="x()">第二行</b> 👩‍🔧 مرحبا' })
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
  await received({ kind: 'miniprogram', appid: 'wxapp', appName: '澜川服务', title: '案例', imgUrl: '', page: 'pages/a/b.html' })
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
  expect(desk.webviewRequests().at(-1)).toEqual({ device: 'wechat', userId: 'linyue', url: 'http://localhost:3101/h5/#/pages/a/b' })
  expect(phone.find('iframe[title="网页"]').exists()).toBe(true)
  await phone.get('button[aria-label="关闭网页"]').trigger('click')
  expect(phone.find('iframe').exists()).toBe(false)
})

test('a file shows its name, kind and size', async () => {
  const phone = await received({ kind: 'file', name: 'LC-75 技术规格书.pdf', bytes: 1_887_437, url: 'http://localhost:3101/files/2' })
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
