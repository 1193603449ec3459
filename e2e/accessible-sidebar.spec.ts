import { expectAccessible, frameOf } from './support/accessible.ts'
import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

const article = '永磁变频空压机：75 kW 一年少付 11 万电费'

for (const language of ['zh-CN', 'en'] as const)
  test(`anybody can read and operate every screen of the sidebar, ${language}`, async ({
    page,
    stage,
  }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const desk = await openDesk(page, stage.deskUrl)
    const { sidebar, wecom } = desk
    await desk.pushAndOpen(article)
    await expect(desk.moment(article).first()).toContainText('林悦')
    await desk.miniprogram.getByText('报修 / 咨询').click()
    const form = desk.miniprogram
    await form.getByText('报修', { exact: true }).click()
    await form.getByRole('textbox', { name: '问题描述' }).fill('2 号车间空压机排气温度过高')
    await form.getByRole('textbox', { name: '联系人' }).fill('林悦')
    await form.getByRole('textbox', { name: '联系电话' }).fill('138 0013 8000')
    await form.getByRole('button', { name: '手动填写地址' }).click()
    await form.getByRole('textbox', { name: '手动填写地址' }).fill('江苏省昆山市玉山镇 18 号')
    await form.getByRole('button', { name: '提交工单' }).click()
    await expect(desk.moment(/提交了报修工单 WO-/).first()).toBeVisible()

    const app = await frameOf(wecom.locator('iframe[title="营销助手"]'))
    const look = (name: string) => expectAccessible(page, app, name)
    const shut = () => sidebar.locator('dialog .shut').click()
    if (language === 'en') await sidebar.getByRole('button', { name: /English/ }).click()
    await look('customer')
    await sidebar.locator('[aria-controls="contact-details"]').click()
    await expect(sidebar.locator('#contact-details')).toBeVisible()
    await look('identities of the customer')
    await sidebar.locator('.choice [aria-haspopup="dialog"]').click()
    await expect(sidebar.locator('dialog')).toBeVisible()
    await look('filters')
    await shut()
    await sidebar.locator('article .more').first().click()
    await look('a line of the timeline, opened')
    await sidebar.locator('article .acts [aria-haspopup="dialog"]').first().click()
    await expect(sidebar.locator('dialog dl, dialog .only').first()).toBeVisible()
    await look('what became of a push')
    await shut()
    await sidebar.getByRole('link', { name: /WO-/ }).first().click()
    await expect(sidebar.getByRole('heading', { level: 1, name: /报修|[Rr]epair/ })).toBeVisible()
    await expect(sidebar.getByText('江苏省昆山市玉山镇 18 号').first()).toBeVisible()
    await look('a work order')

    await sidebar.locator('.top nav a').nth(1).click()
    await expect(sidebar.locator('.row').first()).toBeVisible()
    await sidebar.locator('.search input').fill('')
    await expect(sidebar.locator('.row')).not.toHaveCount(1)
    await look('library')
    await sidebar.locator('.first [aria-pressed]').click()
    await sidebar.locator('.row input').first().check()
    await look('library while selecting')
    await sidebar.locator('.first [aria-pressed]').click()
    await sidebar.locator('.first [aria-haspopup="dialog"]').click()
    await expect(sidebar.locator('#rep-card')).toBeVisible()
    await look('my card')
    await shut()
    await sidebar.locator('.search input').fill('zzzz')
    await expect(sidebar.locator('.row')).toHaveCount(0)
    await look('library where nothing is found')
    await sidebar.locator('.search input').fill('')
    for (const at of [0, 1, 2, 3, 4]) {
      await sidebar.locator('.row .look').nth(at).click()
      await expect(sidebar.locator('.statistics')).toBeVisible()
      await look(`material ${at + 1}`)
      await sidebar.locator('.top nav a').nth(1).click()
    }
  })
