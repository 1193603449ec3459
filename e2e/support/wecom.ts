import type { FrameLocator, Locator, Page } from '@playwright/test'

/** The rep's WeCom on the left of the desk, on whichever of its two clients. */
export class Wecom {
  readonly window: Locator
  /** Our page, wherever this client shows it. */
  readonly app: FrameLocator
  /** Our page as the desktop's attachment menu opens it, over the chat. */
  readonly attachment: FrameLocator

  constructor(page: Page) {
    this.window = page.getByRole('region', { name: '企业微信' })
    this.app = this.window.frameLocator('iframe[title="营销助手"]')
    this.attachment = this.window.frameLocator('iframe[title="营销助手·附件栏"]')
  }

  async turnTo(client: '桌面端' | '手机端'): Promise<void> {
    await this.window.getByRole('radio', { name: client }).click()
  }

  /** A chat from the list, by the name that the rep gave. */
  async openChat(name: string | RegExp): Promise<void> {
    await this.window
      .getByRole('list', { name: '会话列表' })
      .getByRole('listitem', { name })
      .click()
  }

  async openFromWorkbench(): Promise<void> {
    await this.window.getByRole('button', { name: '工作台', exact: true }).click()
    await this.window.getByRole('list', { name: '应用' }).getByRole('button').click()
  }

  /** The chat toolbar of the phone is a strip above the field. */
  async openTool(): Promise<void> {
    await this.window.getByRole('button', { name: /^打开应用 / }).click()
  }

  /** «+» beside the field: a menu on the desktop, a panel on the phone. */
  async openAttachment(): Promise<void> {
    await this.window.getByRole('button', { name: '附件栏' }).click()
    const item = this.window.getByRole('menu', { name: '附件栏' }).getByRole('menuitem')
    await item.or(this.window.getByRole('list', { name: '附件栏' }).getByRole('button')).click()
  }
}
