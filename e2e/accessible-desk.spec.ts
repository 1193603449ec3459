import { expectAccessibleAsIs } from './support/accessible.ts'
import { openDesk } from './support/desk.ts'
import { expect, test } from './support/test.ts'

for (const language of ['zh-CN', 'en'] as const)
  test(`anybody can read and operate the desk, ${language}`, async ({ page, stage }) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await openDesk(page, stage.deskUrl)
    const bar = page.locator('header.bar').first()
    if (language === 'en') await bar.locator('button.text').click()
    const look = async (name: string) => {
      for (const theme of ['light', 'dark']) {
        await page.evaluate((one) => (document.documentElement.dataset.theme = one), theme)
        await expectAccessibleAsIs(page.mainFrame(), `${name}, ${theme}`)
      }
    }
    await look('desk')
    const rail = page.locator('nav.rail > button')
    for (let at = 1; at < (await rail.count()); at++) {
      await rail.nth(at).click()
      await look(`WeCom: place ${at}`)
    }
    await rail.first().click()
    for (const menu of await page.locator('button[aria-haspopup="menu"]:visible').all()) {
      await menu.click()
      await look(`menu ${await menu.getAttribute('aria-label')}`)
      await page.keyboard.press('Escape')
    }
    const tabs = page.locator('.phone nav.tabs button')
    for (let at = 0; at < 4; at++) {
      await tabs.nth(at).click()
      await look(`phone: tab ${at}`)
    }
    await page.locator('.above [role=radio]').nth(1).click()
    await look('WeCom on a phone')
  })

for (const language of ['zh-CN', 'en'] as const)
  test(`anybody can read and operate the inspector, ${language}`, async ({ page, stage }) => {
    await page.goto(`${stage.sandboxUrl}/_sandbox/`)
    if (language === 'en') await page.locator('header button').click()
    for (const link of await page.locator('nav a').all()) {
      await link.click()
      await expect(link).toHaveAttribute('aria-current', 'page')
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await expectAccessibleAsIs(page.mainFrame(), `${await link.innerText()}, ${colorScheme}`)
      }
    }
  })
