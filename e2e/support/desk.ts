import type { FrameLocator, Locator, Page } from '@playwright/test'
import { expect } from './test.ts'

/** The desk as a person sees it: the rep's WeCom on the left, the customer's phone on the right. */
export class Desk {
  readonly page: Page
  readonly wecom: Locator
  readonly phone: Locator
  /** Our sidebar, in the toolbar of the open chat. */
  readonly sidebar: FrameLocator
  /** The mini program that is open on the phone. */
  readonly miniprogram: FrameLocator

  constructor(page: Page) {
    this.page = page
    this.wecom = page.getByRole('region', { name: '企业微信' })
    this.phone = page.getByRole('region', { name: '手机' })
    this.sidebar = this.wecom.frameLocator('iframe[title="营销助手"]')
    this.miniprogram = this.phone.frameLocator('iframe[title="小程序"]')
  }

  async pushMaterial(title: string): Promise<void> {
    await this.showMaterials()
    await this.sidebar.getByRole('searchbox', { name: '搜索标题或摘要' }).fill(title.slice(0, 8))
    await this.sidebar.getByRole('button', { name: `推送《${title}》` }).click()
    await expect(this.sidebar.getByText('已交给企业微信，发给 林悦')).toBeVisible()
  }

  async showMaterials(): Promise<void> {
    await this.sidebar
      .getByRole('navigation', { name: '页面' })
      .getByText('物料', { exact: true })
      .click()
  }

  async showTimeline(): Promise<void> {
    await this.sidebar
      .getByRole('navigation', { name: '页面' })
      .getByText('客户', { exact: true })
      .click()
    await expect(this.sidebar.getByText('实时', { exact: true })).toBeVisible()
  }

  async openChatOnPhone(name: string): Promise<void> {
    await this.phone.getByText(name, { exact: true }).first().click()
  }

  async openCard(title: string): Promise<void> {
    await this.phone
      .getByRole('button', { name: `打开小程序 ${title}` })
      .last()
      .click()
  }

  async closeMiniprogram(): Promise<void> {
    await this.phone.getByRole('button', { name: '关闭小程序' }).click()
  }

  /** The page that is open, to a friend, by WeChat's menu. */
  async forwardTo(friend: string): Promise<void> {
    await this.phone.getByRole('button', { name: '更多' }).click()
    await this.phone.getByRole('button', { name: '发送给朋友' }).click()
    await this.phone
      .getByRole('list', { name: '选择一个朋友' })
      .getByRole('button', { name: friend })
      .click()
    await expect(this.phone.getByText('已转发')).toBeVisible()
  }

  /** The mini program's own menu: its web build instead of itself. */
  async openAsH5(): Promise<void> {
    await this.phone.getByRole('button', { name: '更多' }).click()
    await this.phone.getByRole('button', { name: '用 H5 版打开' }).click()
  }

  /** Reads on with the wheel until the page ends. */
  async readToTheEnd(): Promise<void> {
    await this.phone.locator('iframe[title="小程序"]').hover()
    for (let turn = 0; turn < 12; turn++) await this.page.mouse.wheel(0, 600)
  }

  /** Puts the rep's client into a state that the desk can play; the sidebar opens anew. */
  async chooseScenario(name: string): Promise<void> {
    await this.wecom.getByRole('button', { name: '客户端状况' }).click()
    await this.wecom
      .getByRole('menuitemradio', { name })
      .or(this.wecom.getByRole('radio', { name }))
      .or(this.wecom.getByText(name, { exact: true }))
      .first()
      .click()
  }

  /** The rep pushes it and looks at the timeline; the customer opens it on the phone. */
  async pushAndOpen(title: string): Promise<void> {
    await this.pushMaterial(title)
    await this.showTimeline()
    await this.openChatOnPhone('周晓岚')
    await this.openCard(title)
  }

  /** One line of the timeline about what a customer did, by words in it. */
  moment(words: string | RegExp): Locator {
    return this.sidebar
      .getByRole('listitem')
      .filter({ hasText: words })
      .filter({ hasNotText: '推送了' })
  }
}

/** Opens the desk and waits until the customer's page stands in the sidebar. */
export async function openDesk(page: Page, url: string): Promise<Desk> {
  await page.goto(url)
  const desk = new Desk(page)
  await expect(desk.sidebar.getByRole('heading', { name: '林悦' })).toBeVisible()
  return desk
}
