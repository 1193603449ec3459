import type { Page } from '@playwright/test'
import type { Stage } from './support/stage.ts'
import { openTab, type Tab } from './support/tabs.ts'
import { expect, test } from './support/test.ts'

const callbacks = /\/auth\/\w+\/callback\?/
const privacyPage = '/h5/#/pages/privacy/index'

/** The session that the open page of H5 keeps, and what the server says of it. */
async function sessionOf({ page }: Tab, stage: Stage) {
  const frame = page.frames()[1]
  const stored = (await frame?.evaluate(() => localStorage.getItem('chatside.session'))) ?? ''
  const token = /"token\\?":\\?"([^"\\]+)/.exec(stored)?.[1] ?? ''
  return { token, ...(await whoHas(stage, token)) }
}

async function whoHas(stage: Stage, token: string) {
  const [url = ''] = stage.serverUrls
  const answer = await fetch(`${url}/api/session`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  const { identityId } = (await answer.json()) as { identityId?: string }
  return { status: answer.status, identityId }
}

/** Opens every callback once beside the browser, with its cookies, before the browser does. */
async function prefetch(page: Page): Promise<{ statuses: number[] }> {
  const seen = { statuses: [] as number[] }
  await page.route(callbacks, async (route) => {
    const early = await page.request.get(route.request().url(), { maxRedirects: 0 })
    seen.statuses.push(early.status())
    await route.continue()
  })
  return seen
}

test('a customer who signs out of the H5 pages is nobody there, also after a reload, until they sign in again', async ({
  browser,
  stage,
  door,
}) => {
  const tab = await openTab(browser, { stage, door }, { device: 'wechat', userId: 'linyue' })
  await tab.open(privacyPage)
  const signOut = tab.web.getByRole('button', { name: /^退出登录/ })
  await expect(signOut).toBeVisible()
  const before = await sessionOf(tab, stage)
  expect(before.status).toBe(200)

  await signOut.click()
  await expect(tab.web.getByText('您已退出登录')).toBeVisible()
  expect((await whoHas(stage, before.token)).status).toBe(401)
  await tab.open(privacyPage)
  await expect(tab.web.getByText('您已退出登录')).toBeVisible()

  await tab.web.getByRole('button', { name: '重新登录' }).click()
  await expect(signOut).toBeVisible()
  expect(await sessionOf(tab, stage)).toMatchObject({
    status: 200,
    identityId: before.identityId,
  })
})

test('a sign-in link that another customer began signs nobody else in; their own page comes in with it', async ({
  browser,
  stage,
  door,
}) => {
  const [stranger, customer] = await Promise.all([
    openTab(browser, { stage, door }, { device: 'wechat', userId: 'zhaoyiming' }),
    openTab(browser, { stage, door }, { device: 'wechat', userId: 'linyue' }),
  ])
  await customer.open(privacyPage)
  await expect(customer.web.getByRole('button', { name: /^退出登录/ })).toBeVisible()
  const own = await sessionOf(customer, stage)

  // The stranger stops before their page takes the ticket, and sends the link on.
  let link = ''
  await stranger.page.route(callbacks, async (route) => {
    const end = await stranger.page.request.get(route.request().url(), { maxRedirects: 0 })
    link = new URL(end.headers()['location'] ?? '', stage.webviewUrl).href
    await route.fulfill({ contentType: 'text/html', body: '<p>stopped</p>' })
  })
  await stranger.open(privacyPage)
  await expect.poll(() => link).toContain('ticket=')
  await stranger.page.unroute(callbacks)

  for (const state of ['signed in', 'signed out']) {
    await customer.page.frames()[1]?.evaluate((signedOut) => {
      sessionStorage.clear()
      if (signedOut) localStorage.clear()
    }, state === 'signed out')
    await customer.open(link)
    await expect(customer.web.getByRole('button', { name: /^退出登录/ })).toBeVisible()
    expect(await sessionOf(customer, stage), state).toMatchObject({
      status: 200,
      identityId: own.identityId,
    })
  }

  await stranger.open(link)
  await expect(stranger.web.getByRole('button', { name: /^退出登录/ })).toBeVisible()
  const theirs = await sessionOf(stranger, stage)
  expect(theirs.status).toBe(200)
  expect(theirs.identityId).not.toBe(own.identityId)
  expect(stranger.address()).not.toContain('ticket')
})

test('a client that fetches the address of the sign-in before it opens it leads on all the same', async ({
  browser,
  stage,
  door,
}) => {
  const customer = await openTab(browser, { stage, door }, { device: 'wechat', userId: 'linyue' })
  const rep = await openTab(browser, { stage, door }, { device: 'wecom', userId: 'ZhouXiaolan' })
  const seen = [await prefetch(customer.page), await prefetch(rep.page)]
  await customer.open(privacyPage)
  await expect(customer.web.getByRole('button', { name: /^退出登录/ })).toBeVisible()
  await rep.open('/sidebar/#/materials')
  await expect(rep.web.getByRole('searchbox', { name: '搜索标题或摘要' })).toBeVisible()
  expect(seen).toEqual([{ statuses: [302] }, { statuses: [302] }])
})

test('the button of a page about a failed sign-in leads to where the customer or the rep wanted to go', async ({
  browser,
  stage,
  door,
}) => {
  const customer = await openTab(browser, { stage, door }, { device: 'wechat', userId: 'linyue' })
  const rep = await openTab(browser, { stage, door }, { device: 'wecom', userId: 'ZhouXiaolan' })
  await door('faults', { path: '/wechat/sns/oauth2/access_token', times: 1, errcode: 40029 })
  await door('faults', { path: '/wecom/cgi-bin/auth/getuserinfo', times: 1, errcode: 40029 })
  const ways = [
    { tab: customer, to: '/h5/#/pages/workorder/list', seen: /还没有工单|WO-/ },
    { tab: rep, to: '/sidebar/?from=chat#/materials', seen: '产品手册' },
  ]
  for (const { tab, to, seen } of ways) {
    await tab.open(to)
    await expect(tab.web.getByRole('heading', { name: '登录没有成功' })).toBeVisible()
    await tab.web.getByRole('link', { name: '重新登录' }).click()
    await expect(tab.web.getByText(seen).first()).toBeVisible()
    expect(tab.address()).toBe(new URL(to, stage.webviewUrl).href)
  }
})
