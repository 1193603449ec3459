import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

test('a page on H5 does not scroll under an open sheet, and scrolls again when it is closed', async ({
  page,
  stage,
}) => {
  const desk = await openDesk(page, stage.deskUrl)
  await desk.pushAndOpen('空压机高温报警，先别停产：现场三步排查')
  await desk.openAsH5()
  await expect(desk.miniprogram.locator('uni-page')).toBeVisible()
  await expect(desk.miniprogram.getByText('周晓岚 分享给您')).toBeVisible()
  const top = () => desk.miniprogram.locator('html').evaluate(() => window.scrollY)
  const width = () =>
    desk.miniprogram.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth)
  expect(await width()).toBe(0)

  for (const _turn of [1, 2]) {
    const before = await top()
    await desk.miniprogram.getByRole('button', { name: '转发给朋友' }).click()
    await expect(desk.miniprogram.getByRole('dialog')).toBeVisible()
    await desk.miniprogram.getByRole('dialog').hover()
    await page.mouse.wheel(0, 200)
    await desk.miniprogram.getByRole('button', { name: '关闭' }).click()
    await expect(desk.miniprogram.getByRole('dialog')).toBeHidden()
    expect(await top()).toBe(before)
    await page.mouse.wheel(0, 200)
    await expect.poll(top).toBeGreaterThan(before)
  }
})
