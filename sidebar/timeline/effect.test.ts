import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Forward } from '../../shared/contract/statistics.ts'
import { openSidebar, settled, type Opened } from '../testing/open.ts'
import { aMoment, aWorld, id, today, type World } from '../testing/world.ts'
import { opensOfForwards, treeOf, type Branch } from './forwards.ts'

let opened: Opened | undefined
afterEach(() => {
  opened?.app.unmount()
  opened = undefined
  vi.useRealTimers()
})
const app = () => {
  if (!opened) throw new Error('nothing is open')
  return opened.app
}

function aForward(number: number, parent: number | null, part: Partial<Forward> = {}): Forward {
  const parentId = parent === null ? null : id(600 + parent)
  return {
    shareId: id(600 + number),
    parentId,
    forwards: number,
    by: null,
    createdAt: today,
    opens: 0,
    people: 0,
    ...part,
  }
}

async function openMore(world: World): Promise<void> {
  opened = await openSidebar(world)
  await vi.waitFor(() => expect(app().find('article .more').exists()).toBe(true))
  await app().get('article .more').trigger('click')
  await vi.waitFor(() => expect(app().find('article .acts').exists()).toBe(true))
}
async function openEffect(world: World): Promise<void> {
  await openMore(world)
  await app().get('article .acts [aria-haspopup=dialog]').trigger('click')
  await vi.waitFor(() => expect(app().find('dialog[open]').exists()).toBe(true))
  await settled()
}

describe('what became of a push', () => {
  it('stands above a page that does not scroll meanwhile, and scrolls again afterwards', async () => {
    const world = aWorld()
    world.moments = [aMoment(0)]
    const { style } = document.documentElement
    for (const turn of ['first', 'second']) {
      await openEffect(world)
      expect([turn, style.overflow]).toEqual([turn, 'hidden'])
      await app().get('dialog').trigger('close')
      await settled()
      expect([turn, style.overflow]).toEqual([turn, ''])
      opened?.app.unmount()
    }
    await openEffect(world)
    opened?.app.unmount()
    expect(style.overflow).toBe('')
  })

  it('is told in figures, and as the tree of who handed it on and who opened that', async () => {
    const world = aWorld()
    world.moments = [aMoment(0)]
    world.statistics = {
      opens: 4,
      people: 2,
      forwards: 2,
      medianSeconds: 95,
      depth: [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3],
      onlyReader: null,
    }
    world.forwards.items = [
      aForward(0, null, { opens: 4, people: 2 }),
      aForward(1, 0, { by: '林悦', opens: 3, people: 2 }),
      aForward(2, 0, { by: null }),
      aForward(3, 1, { by: 'oQ7…b21', opens: 1, people: 1 }),
      aForward(4, 3, { by: 'oK2…c88' }),
    ]
    await openEffect(world)
    expect(app().get('dialog').text()).toContain('推送给 林悦')
    expect(
      app()
        .findAll('dialog dd')
        .map((figure) => figure.text()),
    ).toEqual(['4', '2', '2', '1分35秒'])
    expect(app().get('dialog').text()).toContain('转发 4 次，转发出去的链接被打开 4 次')
    const names = () =>
      app()
        .findAll('dialog .name')
        .map((name) => name.text())
    expect(names()).toEqual(['你的推送', '林悦 转发', 'oQ7…b21 转发', '有人 转发'])
    // Distant shares are drawn on demand.
    const fold = app()
      .findAll('dialog .fold')
      .find((button) => button.attributes('aria-expanded') === 'false')
    expect(fold?.text()).toBe('又被转发 1 次')
    await fold?.trigger('click')
    expect(names()).toContain('oK2…c88 转发')
    // Each list lies within the line of its forwarder.
    expect(
      app()
        .findAll('dialog li li li li .name')
        .map((name) => name.text()),
    ).toEqual(['oK2…c88 转发'])
  })

  it('says that nobody opened or forwarded it yet, and when there is too much to show', async () => {
    const world = aWorld()
    world.moments = [aMoment(0)]
    world.forwards.items = [aForward(0, null)]
    await openEffect(world)
    expect(app().get('dialog').text()).toContain('还没有人打开过')
    expect(app().get('dialog').text()).toContain('还没有人转发')
    opened?.app.unmount()

    world.forwards = {
      items: [
        aForward(0, null),
        ...Array.from({ length: 20 }, (_, index) => aForward(index + 1, 0)),
      ],
      complete: false,
      rootId: id(600),
    }
    await openEffect(world)
    expect(app().get('dialog').text()).toContain('只显示离你最近的 20 次')
    expect(app().findAll('dialog .name')).toHaveLength(9)
    await app()
      .findAll('dialog button')
      .find((button) => button.text() === '还有 12 次转发')
      ?.trigger('click')
    expect(app().findAll('dialog .name')).toHaveLength(21)
  })

  it('says when it could not be loaded and tries again, and that a push which is not there cannot be shown', async () => {
    const world = aWorld()
    world.moments = [aMoment(0)]
    world.forwards.items = [aForward(0, null)]
    world.failing.set(`/api/shares/${id(600)}/forwards`, 'unavailable')
    await openEffect(world)
    expect(app().get('dialog [role=alert]').text()).toContain('推送效果没有加载出来')
    world.failing.set(`/api/shares/${id(600)}/forwards`, 'share_unknown')
    await app().get('dialog [role=alert] button').trigger('click')
    await settled()
    expect(app().find('dialog [role=alert]').exists()).toBe(false)
    expect(app().get('dialog').text()).toContain('看不到这次推送的效果')
  })

  it('of a link that was handed on is told of that link, and of the whole push that it comes from', async () => {
    const world = aWorld()
    world.moments = [
      aMoment(0, {
        share: {
          id: id(601),
          memberUserId: 'zhang',
          memberName: '张敏',
          contactName: null,
          forwards: 1,
        },
      }),
    ]
    world.forwards.items = [
      aForward(0, null, { opens: 4, people: 2 }),
      aForward(1, 0, { by: '林悦' }),
      aForward(2, 1),
      aForward(3, 0),
    ]
    await openEffect(world)
    const names = () =>
      app()
        .findAll('dialog .name')
        .map((name) => name.text())
    const press = async (words: string) => {
      const button = app()
        .findAll('dialog button')
        .find((each) => each.text() === words)
      await button?.trigger('click')
      await settled()
    }
    expect(names()).toEqual(['这条链接', '有人 转发'])
    await press('看整次推送')
    expect(names()).toEqual(['你的推送', '林悦 转发', '有人 转发', '有人 转发'])
    expect(app().get('dialog').text()).toContain('你的整次推送')
    await press('只看这条链接')
    expect(names()).toEqual(['这条链接', '有人 转发'])
  })

  it('follows what happens while it is looked at', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const world = aWorld()
    world.moments = [aMoment(0)]
    world.forwards.items = [aForward(0, null)]
    await openEffect(world)
    const fiveSeconds = async () => {
      vi.advanceTimersByTime(5_000)
      await settled()
    }
    expect(app().get('dialog').text()).toContain('还没有人打开过')
    world.statistics = { ...world.statistics, opens: 1, people: 1, medianSeconds: 5 }
    await fiveSeconds()
    expect(app().get('dialog dd').text()).toBe('1')
    // When the figures cannot be read, the earlier ones stay.
    world.failing.set(`/api/shares/${id(600)}/statistics`, 'unavailable')
    const before = world.asked.length
    await fiveSeconds()
    expect(world.asked.length).toBeGreaterThan(before)
    expect(app().get('dialog dd').text()).toBe('1')
  })

  it('is offered only to whoever pushed it; others are told who did', async () => {
    const world = aWorld()
    world.moments = [
      aMoment(0, {
        share: {
          id: id(600),
          memberUserId: 'han',
          memberName: '韩雪',
          contactName: '林悦',
          forwards: 0,
        },
      }),
    ]
    await openMore(world)
    expect(app().find('article .acts [aria-haspopup=dialog]').exists()).toBe(false)
    expect(app().get('article .acts').text()).toContain('由 韩雪 推送')
  })
})

describe('the tree of forwards', () => {
  it('holds every forward once, below whoever it came from, and counts what is below', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), (parents) => {
        const items = [
          aForward(0, null),
          ...parents.map((parent, index) =>
            aForward(index + 1, parent % (index + 1), { opens: index }),
          ),
        ]
        const root = treeOf(items)
        const all = (branch: Branch): Branch[] => [branch, ...branch.children.flatMap(all)]
        const told = root ? all(root) : []
        expect(told.map(({ shareId }) => shareId).sort()).toEqual(
          items.map(({ shareId }) => shareId).sort(),
        )
        for (const branch of told) {
          expect(branch.below).toBe(all(branch).length - 1)
          expect(branch.children.every(({ parentId }) => parentId === branch.shareId)).toBe(true)
        }
        expect(opensOfForwards(items)).toBe(
          told.slice(1).reduce((sum, { opens }) => sum + opens, 0),
        )
      }),
    )
    expect(treeOf([])).toBeNull()
  })
})
