import { afterEach, expect, it, vi } from 'vitest'
import { workorderAgeMs } from '../../shared/contract/workorders.ts'
import { openSidebar, settled, type Opened } from '../testing/open.ts'
import { aWorkorder, aWorld, id } from '../testing/world.ts'

let page: Opened | undefined
let visibility: DocumentVisibilityState = 'visible'

vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility)

afterEach(() => {
  page?.app.unmount()
  visibility = 'visible'
  vi.useRealTimers()
})

async function turn(state: DocumentVisibilityState): Promise<void> {
  visibility = state
  document.dispatchEvent(new Event('visibilitychange'))
  await settled()
}

async function pass(turns: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(turns * workorderAgeMs)
  await settled()
}

/** Opens one of two orders. Returns what the page says of it, and how often it was read. */
async function open() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const order = aWorkorder()
  const world = aWorld()
  world.workorders = [aWorkorder({ id: id(701), number: 'WO-20261121-0002' }), order]
  page = await openSidebar(world, { path: `/workorders/${order.id}` })
  return {
    page,
    order,
    world,
    says: () => page?.app.get('h1 + *').text(),
    reads: () => world.asked.filter(({ path }) => path === `/api/workorders/${order.id}`).length,
  }
}

it('an open order follows its status while the page is visible, once a turn', async () => {
  const { order, says, reads } = await open()
  expect([says(), reads()]).toEqual(['待受理', 1])
  order.status = 'in_progress'
  await pass(1)
  expect([says(), reads()]).toEqual(['处理中', 2])
  await pass(2)
  expect(reads()).toBe(4)
})

it('a hidden page stops reading the order, and reads it at once when it is shown again', async () => {
  const { order, says, reads } = await open()
  await turn('hidden')
  order.status = 'in_progress'
  await pass(10)
  expect([says(), reads()]).toEqual(['待受理', 1])
  await turn('visible')
  expect([says(), reads()]).toEqual(['处理中', 2])
  await pass(1)
  expect(reads()).toBe(3)
})

it('a page that was left reads its order no more, hidden or not', async () => {
  const { page, reads } = await open()
  await page.goTo('/contact')
  await pass(2)
  await turn('hidden')
  await turn('visible')
  expect(reads()).toBe(1)
})

it('a right that ended takes the order away; a lost network does not', async () => {
  const { page, order, world, says } = await open()
  world.failing.set(`/api/workorders/${order.id}`, 'network')
  await pass(1)
  expect(says()).toBe('待受理')
  world.failing.set(`/api/workorders/${order.id}`, 'workorder_unknown')
  await pass(1)
  expect(page.app.find('h1 + *').exists()).toBe(false)
  expect(page.app.text()).not.toContain(order.description)
})
