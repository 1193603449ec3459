import type { Browser, Locator, Page } from '@playwright/test'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../testing/open-browser.ts'
import { openPhone, type PhoneServer } from './testing/open-phone.ts'

// Each built-in component once, in a mini program of the sandbox's own (testing/fixture).

let browser: Browser
let phone: PhoneServer

beforeAll(async () => {
  ;[browser, phone] = await Promise.all([
    openBrowser(),
    openPhone(fileURLToPath(new URL('testing/fixture/', import.meta.url))),
  ])
}, 60_000)
afterAll(async () => {
  await browser.close()
  await phone.close()
})
beforeEach(() => {
  phone.asked.length = 0
})

async function open(path: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 375, height: 667 },
    locale: 'zh-CN',
    hasTouch: true,
  })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${phone.url}/_webview/mini/#/${path}`)
  await page.locator('wx-page').first().waitFor()
  return page
}

const button = (page: Page, name: string) => page.getByRole('button', { name })

/** What the page on top has been told by its components: [event, detail]. */
async function told(page: Page, name: string): Promise<unknown[]> {
  const lines = await page.locator('.wx-screen:not(.wx-below) .told > *').allTextContents()
  return lines
    .filter((line) => line.startsWith(`${name} `))
    .map((line) => JSON.parse(line.slice(name.length + 1)) as unknown)
}

const hears = (page: Page, name: string, detail: unknown) =>
  expect
    .poll(async () => (await told(page, name)).at(-1), { timeout: 15_000 })
    .toMatchObject(detail as object)

const state = (node: Locator) => node.getAttribute('aria-checked')

test('a form collects its controls by name, and sets them back', async () => {
  const page = await open('pages/controls')
  await page.getByRole('switch', { name: '加急' }).tap()
  await hears(page, 'change', { value: true })
  await page.getByText('电机').tap()
  await hears(page, 'change', { value: ['motor', 'valve'] })
  await page.getByText('以后').tap()
  await hears(page, 'change', { value: 'later' })
  await page.getByRole('slider', { name: '负载' }).press('ArrowRight')
  await hears(page, 'change', { value: 6 })
  await page.getByRole('textbox', { name: '联系人' }).fill('李工')
  await page.getByRole('textbox', { name: '备注' }).fill('漏油')
  await button(page, '提交').tap()
  const value = {
    urgent: true,
    parts: ['motor', 'valve'],
    when: 'later',
    load: 6,
    contact: '李工',
    note: '漏油',
  }
  await hears(page, 'submit', { value: { ...value, place: ['浙江省', '杭州市', '西湖区'] } })

  await button(page, '重置').tap()
  await button(page, '提交').tap()
  await hears(page, 'submit', {
    value: { urgent: false, parts: ['valve'], when: 'today', load: 4, contact: '', note: '' },
  })
})

test('radios and switches answer the keyboard', async () => {
  const page = await open('pages/controls')
  const [today, later] = [page.getByRole('radio').first(), page.getByRole('radio').last()]
  await today.focus()
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => state(later)).toBe('true')
  expect(await state(today)).toBe('false')
  await page.getByRole('switch').focus()
  await page.keyboard.press(' ')
  await expect.poll(() => state(page.getByRole('switch'))).toBe('true')
})

test('a region is chosen on wheels that hang together', async () => {
  const page = await open('pages/controls')
  await page.getByText('选择地区').tap()
  const wheels = page.getByRole('dialog').getByRole('listbox')
  await wheels.first().press('ArrowDown')
  await wheels.nth(1).press('ArrowDown')
  await page.getByRole('dialog').getByRole('button', { name: '确定' }).tap()
  await hears(page, 'change', { value: ['广东省', '深圳市', '福田区'] })
})

test('a scroll-view scrolls to what is named, and tells of its ends', async () => {
  const page = await open('pages/panes')
  await button(page, '到丙').tap()
  await hears(page, 'scrolltolower', { direction: 'bottom' })
  await page.locator('wx-scroll-view').evaluate((node) => node.scrollTo({ top: 0 }))
  await hears(page, 'scrolltoupper', { direction: 'top' })
})

test('a swiper goes on by a finger, the keyboard and time', async () => {
  const page = await open('pages/panes')
  await hears(page, 'auto', { current: 1, source: 'autoplay' })
  const swiper = page.getByRole('region', { name: '图片' })
  await swiper.focus()
  await page.keyboard.press('ArrowRight')
  await hears(page, 'change', { current: 1, currentItemId: 'b', source: 'touch' })
  expect(await page.getByRole('group', { name: '2 / 2' }).first().textContent()).toBe('第二张')
  const box = await swiper.boundingBox()
  if (!box) throw new Error('the swiper is not seen')
  await page.mouse.move(box.x + 300, box.y + 20)
  await page.mouse.down()
  await page.mouse.move(box.x + 100, box.y + 20, { steps: 5 })
  await page.mouse.up()
  // It is circular.
  await hears(page, 'change', { current: 0, source: 'touch' })
})

test('panes and signs are what they show', async () => {
  const page = await open('pages/panes')
  await page.getByRole('button', { name: '站点' }).click()
  await hears(page, 'markertap', { markerId: 7 })
  expect(await page.getByRole('progressbar', { name: '进度' }).getAttribute('aria-valuenow')).toBe(
    '40',
  )
  await page.getByRole('img', { name: '成功' }).locator('svg').waitFor()
  // A file of the package.
  await hears(page, 'load', { width: 1, height: 1 })
  expect(await page.locator('.decoded').textContent()).toBe('1 < 2 &lt;')
  expect(await page.locator('.spaced').textContent()).toBe('甲\u2002\u2002乙')
  for (const words of ['封面', '门户', '可动'])
    await page.getByText(words).waitFor({ state: 'attached' })
})

test('a navigator leads on, and a web-view opens pages of the mini program’s domain only', async () => {
  const page = await open('pages/panes')
  await page.getByRole('link', { name: '第二页' }).tap()
  await page.getByText('从panes来').waitFor()
  const known = await open(
    `pages/second?page=${encodeURIComponent('https://chatside.example/_webview/mini/frame.css')}`,
  )
  await hears(known, 'load', { src: 'https://chatside.example/_webview/mini/frame.css' })
  const other = await open(`pages/second?page=${encodeURIComponent('https://elsewhere.example/')}`)
  await other.getByRole('heading', { name: '不支持打开的网页' }).waitFor()
})

test('tabs keep their pages, and stand below them only', async () => {
  const page = await open('pages/controls')
  await page.getByRole('textbox', { name: '联系人' }).fill('李工')
  await page.getByRole('tab', { name: '容器' }).tap()
  await button(page, '角标').tap()
  await page.getByRole('tab', { name: '控件 3' }).waitFor()
  await page.getByRole('link', { name: '第二页' }).tap()
  await expect.poll(() => page.getByRole('tab').count()).toBe(0)
  await page.evaluate(() => window.postMessage({ sandbox: 'menu', item: 'back' }, '*'))
  await page.getByRole('tab', { name: '控件 3' }).tap()
  await hears(page, 'tab', { index: 0, pagePath: 'pages/controls' })
  expect(await page.getByRole('textbox', { name: '联系人' }).inputValue()).toBe('李工')
})

test('who agrees to one of two messages has agreed to that one', async () => {
  const page = await open('pages/asking')
  const [order, visit] = ['工单进度', '上门提醒']
  phone.doors['mini/templates'] = {
    isBanned: false,
    templates: [template('order', order), template('visit', visit)],
  }
  await button(page, '订阅').tap()
  await page.getByRole('checkbox', { name: visit }).uncheck()
  await button(page, '允许').tap()
  await hears(page, 'subscribe', {
    errMsg: 'requestSubscribeMessage:ok',
    order: 'accept',
    visit: 'reject',
  })
  const sent = phone.asked.find(({ what }) => what === 'POST mini/subscribe')
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({ accepted: ['order'] })

  phone.doors['mini/templates'] = { isBanned: false, templates: [template('order', order)] }
  await button(page, '订阅').tap()
  await hears(page, 'subscribe', { errCode: 20001 })
})

test('the number is a code for the server, or a refusal', async () => {
  const page = await open('pages/asking')
  phone.doors['mini/phone'] = { number: '13812345678' }
  phone.doors['mini/phone-code'] = { code: 'a-phone-code' }
  await button(page, '手机号').tap()
  await page.getByText('138****5678').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: '不允许' }).tap()
  await hears(page, 'getphonenumber', { errMsg: 'getPhoneNumber:fail user deny' })
  expect(phone.asked.map(({ what }) => what)).not.toContain('POST mini/phone-code')
  await button(page, '手机号').tap()
  await page.getByRole('dialog').getByRole('button', { name: '允许', exact: true }).tap()
  await hears(page, 'getphonenumber', { errMsg: 'getPhoneNumber:ok', code: 'a-phone-code' })
})

test('avatar, settings, opinion and service are WeChat’s own', async () => {
  const page = await open('pages/asking')
  await button(page, '头像').tap()
  await button(page, '用微信头像').tap()
  await hears(page, 'chooseavatar', { isFile: true })
  await button(page, '设置').tap()
  await page.getByRole('dialog', { name: '设置' }).getByRole('button', { name: '返回' }).tap()
  await hears(page, 'opensetting', { authSetting: { 'scope.userLocation': true } })
  await button(page, '反馈').tap()
  await page.getByRole('textbox', { name: '意见反馈' }).fill('好用')
  await button(page, '提交').tap()
  await button(page, '客服').tap()
  await expect
    .poll(() => phone.asked.find(({ what }) => what === 'POST mini/contact')?.body)
    .toContain('"sessionFrom":"asking"')
})

function template(id: string, title: string) {
  return { id, title, lines: ['编号', '状态'] }
}
