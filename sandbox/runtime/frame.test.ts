import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../testing/open-browser.ts'
import { damagedBundle, openPhone, type PhoneServer } from './testing/open-phone.ts'

// The shipped mini program, painted, tapped and typed into in a real browser.

let browser: Browser
let phone: PhoneServer

beforeAll(async () => {
  ;[browser, phone] = await Promise.all([openBrowser(), openPhone()])
}, 60_000)
afterAll(async () => {
  await browser.close()
  await phone.close()
})

async function open(path = 'pages/home/index', at: PhoneServer = phone): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 375, height: 667 },
    locale: 'zh-CN',
    hasTouch: true,
  })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${at.url}/_webview/mini/#/${path}`)
  return page
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })

test('the home page is painted with the styles of its wxss', async () => {
  const page = await open()
  const cell = button(page, /^提交工单/)
  await cell.waitFor()
  expect(await cell.evaluate((node) => getComputedStyle(node).display)).toBe('flex')
  // `min-height: 56px` of an isolated component, `background` of the shared app.wxss.
  expect((await cell.boundingBox())?.height).toBeGreaterThanOrEqual(56)
  expect(
    await page.locator('wx-page').evaluate((node) => getComputedStyle(node).backgroundColor),
  ).toBe('rgb(243, 245, 248)')
})

test('a tap opens a page, the bar above hears of it, and the way back leads home', async () => {
  const page = await open()
  await button(page, /^提交工单/).tap()
  await page.getByRole('textbox', { name: '问题描述' }).waitFor()
  await expect.poll(() => page.title()).toBe('提交工单')
  await expect
    .poll(() =>
      phone.asked.some(
        ({ what, body }) => what === 'POST mini/place' && body.includes('pages/workorder/new'),
      ),
    )
    .toBe(true)
  await page.evaluate(() => window.postMessage({ sandbox: 'menu', item: 'back' }, '*'))
  await expect.poll(() => page.title()).toBe('服务')
})

test('what a finger can tap, a keyboard can press', async () => {
  const page = await open()
  await button(page, /^提交工单/).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: '问题描述' }).waitFor()
})

test('what is typed arrives in the mini program and survives in its storage', async () => {
  const page = await open('pages/workorder/new')
  await page.getByRole('textbox', { name: '联系人' }).fill('李工')
  await expect
    .poll(() =>
      page.evaluate(() => Object.values(localStorage).some((text) => text.includes('李工'))),
    )
    .toBe(true)
  await page.reload()
  await expect.poll(() => page.getByRole('textbox', { name: '联系人' }).inputValue()).toBe('李工')
})

test('the mini program signs in with the code of wx.login, and sends neither cookies nor what a page would', async () => {
  phone.asked.length = 0
  await open('pages/workorder/list')
  await expect.poll(() => phone.asked.map(({ what }) => what)).toContain('GET /api/workorders')
  const session = phone.asked.find(({ what }) => what === 'POST /api/miniprogram/session')
  expect(JSON.parse(session?.body ?? '')).toEqual({ appId: 'wx5d0d5d0d5d0d5d0d', code: 'a-code' })
  const list = phone.asked.find(({ what }) => what === 'GET /api/workorders')
  expect(list?.headers).toMatchObject({ authorization: 'Bearer a-token' })
  expect(list?.headers.cookie).toBeUndefined()
})

test('nothing private is told before the person has agreed, and the location comes as the map has it', async () => {
  phone.asked.length = 0
  const page = await open('pages/workorder/new')
  await button(page, '使用当前位置').tap()
  await button(page, '同意并继续').waitFor()
  expect(phone.asked.map(({ what }) => what)).not.toContain('POST position')
  await button(page, '同意并继续').tap()
  await page.getByText('误差约 25 米').waitFor()
  // GCJ-02 lies some hundred metres beside the WGS-84 that the phone measured.
  await page.getByText(/^31\.228\d+, 121\.478\d+$/).waitFor()
})

test('a refused location is said as WeChat says it', async () => {
  const own = await openPhone()
  onTestFinished(own.close)
  own.doors.position = { position: null }
  const page = await open('pages/workorder/new', own)
  await button(page, '使用当前位置').tap()
  await button(page, '同意并继续').tap()
  await page.getByText('未获得位置权限').waitFor()
})

test('a date is chosen on wheels', async () => {
  const page = await open('pages/workorder/new')
  await page.locator('wx-picker').first().tap()
  const wheels = page.getByRole('dialog').getByRole('listbox')
  await expect.poll(() => wheels.count()).toBe(3)
  await wheels.first().press('ArrowDown')
  await page.getByRole('dialog').getByRole('button', { name: '确定' }).tap()
  await page.getByText(new RegExp(`${new Date().getFullYear() + 1}-\\d\\d-\\d\\d`)).waitFor()
})

test('a mini program sees nothing of the browser that it runs in', async () => {
  const { folder, remove } = damagedBundle('app.js', (code) =>
    code.replace(
      '"use strict";',
      '"use strict";App({});console.log("SEEN "+[typeof window,typeof document,typeof fetch,typeof localStorage,typeof URL,typeof globalThis.document,typeof wx,typeof Promise].join());',
    ),
  )
  const own = await openPhone(folder)
  onTestFinished(async () => {
    await own.close()
    remove()
  })
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const seen = page.waitForEvent('console', (message) => message.text().startsWith('SEEN'))
  await page.goto(`${own.url}/_webview/mini/#/pages/home/index`)
  expect((await seen).text()).toBe(
    'SEEN undefined,undefined,undefined,undefined,undefined,undefined,object,function',
  )
})

test('one bindtap less in the bundle, and the tap leads nowhere: these tests would see it', async () => {
  const { folder, remove } = damagedBundle('ui/UiCell.wxml', (wxml) =>
    wxml.replace(/ bindtap="[^"]*"/, ''),
  )
  const own = await openPhone(folder)
  onTestFinished(async () => {
    await own.close()
    remove()
  })
  const page = await open('pages/home/index', own)
  await button(page, /^提交工单/).tap()
  await button(page, /^我的工单/).tap()
  // Both taps have been heard by now, as a request that follows them shows.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
  expect(await page.title()).toBe('服务')
  expect(own.asked.filter(({ body }) => body.includes('workorder'))).toEqual([])
})

test('without a built mini program the frame says so and offers the H5 version', async () => {
  const own = await openPhone('/nothing-is-here')
  onTestFinished(own.close)
  const page = await open('pages/workorder/list', own)
  await page.getByRole('heading', { name: '还没有编译小程序' }).waitFor()
  expect(await page.getByRole('link', { name: '用 H5 版打开' }).getAttribute('href')).toBe(
    '/h5/#/pages/workorder/list',
  )
})
