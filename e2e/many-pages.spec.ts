import type { FrameLocator, Page } from '@playwright/test'
import type { Stage } from './support/stage.ts'
import { type Door, expect, test } from './support/test.ts'

/** A sidebar beside the chat with 林悦, alone in a window: the desk has streams of its own. */
async function openSidebar(page: Page, stage: Stage, door: Door): Promise<FrameLocator> {
  const { id, src } = await door<{ id: string; src: string }>('webviews', {
    device: 'wecom',
    userId: 'ZhouXiaolan',
    entry: 'single_chat_tools',
    conversationId: 'zhou-lin',
    url: '/sidebar/',
  })
  await page.goto(`${stage.sandboxUrl}/_sandbox/happenings`)
  await page.evaluate(
    ([name, address]) => {
      const frame = document.createElement('iframe')
      Object.assign(frame, { name, src: address, title: '侧边栏', width: 400, height: 800 })
      document.body.replaceChildren(frame)
    },
    [id, src] as const,
  )
  return page.frameLocator('iframe[title="侧边栏"]')
}

/** 林悦 submits a work order from the phone; it is the next moment of the timeline. */
async function submitOrder(stage: Stage, door: Door, description: string): Promise<void> {
  const { code } = await door<{ code: string }>('codes', {
    kind: 'miniprogram',
    customerId: 'linyue',
  })
  const post = async (path: string, headers: Record<string, string>, body: object) => {
    const answer = await fetch(`${stage.serverUrls[0] ?? ''}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return (await answer.json()) as { token: string }
  }
  const session = { appId: 'wx5e1f8c27d90b643a', code }
  const { token } = await post('/api/miniprogram/session', {}, session)
  await post(
    '/api/workorders',
    { Authorization: `Bearer ${token}`, 'Idempotency-Key': crypto.randomUUID() },
    {
      type: 'consultation',
      description,
      contactName: '林悦',
      contactPhone: '138 1234 0017',
      location: { source: 'typed', address: '苏州' },
    },
  )
}

test('eight sidebars in one browser all come up, and each is told of the next moment', async ({
  context,
  stage,
  door,
}) => {
  const pages: FrameLocator[] = []
  for (let number = 0; number < 8; number++) {
    const page = await openSidebar(await context.newPage(), stage, door)
    pages.push(page)
    await expect(page.getByRole('heading', { name: '林悦' })).toBeVisible()
  }
  const streams = async () => {
    const metrics = await (await fetch(`${stage.serverUrls[0] ?? ''}/metrics`)).text()
    return Number(/^live_timelines (\d+)$/m.exec(metrics)?.[1])
  }
  await expect.poll(streams).toBeGreaterThan(0)
  expect(await streams()).toBeLessThan(6)

  await submitOrder(stage, door, '第一个问题')
  for (const page of pages) await expect(page.getByText('第一个问题').first()).toBeVisible()
  // And again: whoever had no line before gets its turn, too.
  await submitOrder(stage, door, '第二个问题')
  for (const page of pages.reverse())
    await expect(page.getByText('第二个问题').first()).toBeVisible()
})
