import type { Browser, BrowserContext, FrameLocator, Page } from '@playwright/test'
import type { Door } from './test.ts'
import type { Stage } from './stage.ts'

/** A browser of one person, in which pages open as their client opens them. */
export interface Tab {
  readonly context: BrowserContext
  readonly page: Page
  /** The page that is open. */
  readonly web: FrameLocator
  /** Its address; empty while none is open. */
  address(): string
  open(url: string): Promise<void>
}

export interface TabOwner {
  device: 'wechat' | 'wecom'
  userId: string
}

/** Opens a tab with cookies and storage of its own. */
export async function openTab(
  browser: Browser,
  { stage, door }: { stage: Stage; door: Door },
  owner: TabOwner,
): Promise<Tab> {
  const context = await browser.newContext()
  const page = await context.newPage()
  // Any small answer of the sandbox: what frames a page must be of its origin.
  await page.goto(`${stage.sandboxUrl}/open/_client.js`)
  return {
    context,
    page,
    web: page.frameLocator('iframe'),
    address: () => page.frames()[1]?.url() ?? '',
    async open(url) {
      const { id, src } = await door<{ id: string; src: string }>('webviews', { ...owner, url })
      await page.evaluate(
        ({ name, from }) => {
          const frame = Object.assign(document.createElement('iframe'), { name, src: from })
          frame.style.cssText = 'width: 100%; height: 700px'
          document.body.replaceChildren(frame)
        },
        { name: id, from: src },
      )
    },
  }
}
