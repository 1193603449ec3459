import type { Locator } from '@playwright/test'
import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

/** How soon a rep sees that a reader is gone, at the latest. */
const withinMs = 5_000
const present = '正在看'

/** Milliseconds until the line no longer says that somebody is reading. */
async function goneAfter(moment: Locator): Promise<number> {
  const begun = Date.now()
  await expect(moment.getByText(present)).toHaveCount(0, { timeout: 20_000 })
  return Date.now() - begun
}

test('«reading now» stays while the customer reads, and ends within five seconds of leaving: closed, cut off, and torn down', async ({
  page,
  stage,
  door,
}) => {
  const article = '永磁变频空压机：75 kW 一年少付 11 万电费'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(article)
  const moments = desk.moment(article)
  await expect(moments.first()).toContainText(present)
  // It does not flicker: a reader who scrolls now and then is there at every look.
  await desk.phone.locator('iframe[title="小程序"]').hover()
  for (let look = 0; look < 12; look += 1) {
    await page.mouse.wheel(0, 40)
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)))
    await expect(moments.first().getByText(present)).toHaveCount(1, { timeout: 1 })
  }

  const took: Record<string, number> = {}
  await desk.closeMiniprogram()
  took.closed = await goneAfter(moments.first())

  await desk.openCard(article)
  await expect(desk.sidebar.getByText(present)).toHaveCount(1)
  await door('devices/wechat', { network: 'offline' })
  took.cutOff = await goneAfter(moments.first())
  await door('devices/wechat', { network: 'good' })
  await expect(desk.sidebar.getByText(present)).toHaveCount(1)

  // The client takes the whole page away.
  await page
    .locator('iframe[title="小程序"]')
    .evaluate((frame) => frame.parentElement?.removeChild(frame))
  took.tornDown = await goneAfter(moments.first())

  test.info().annotations.push({ type: 'gone after, ms', description: JSON.stringify(took) })
  for (const ms of Object.values(took)) expect(ms).toBeLessThanOrEqual(withinMs)
})

test('a forward says that the customer opened it, and what became of it once a friend opens the card', async ({
  page,
  stage,
  door,
}) => {
  const article = '案例｜汽车零部件厂空压站改造，单位能耗降 27%'
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen(article)
  await expect(desk.miniprogram.getByText('周晓岚 分享给您')).toBeVisible()
  await desk.forwardTo('赵一鸣')
  const forward = desk.moment('打开了转发')
  await expect(forward).toContainText('还没有人打开')
  await desk.closeMiniprogram()

  await door('devices/wechat', { customerId: 'zhaoyiming' })
  await desk.openChatOnPhone('林悦')
  await desk.openCard(article)
  await expect(desk.moment('转发了')).toContainText('有人打开了')
  await expect(forward).toHaveCount(0)
})
