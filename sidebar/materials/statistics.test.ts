import { afterEach, describe, expect, it, vi } from 'vitest'
import { openSidebar, settled, type Opened } from '../testing/open.ts'
import { aMaterial, aWorld, id, type World } from '../testing/world.ts'

let opened: Opened | undefined
afterEach(() => {
  opened?.app.unmount()
  opened = undefined
  localStorage.clear()
})

async function open(world: World): Promise<Opened> {
  world.materials = [aMaterial(1)]
  opened = await openSidebar(world, { path: `/materials/${id(501)}` })
  await vi.waitFor(() => expect(opened?.app.find('.statistics').exists()).toBe(true))
  await settled()
  return opened
}

describe('the page of a material', () => {
  it('says how it does: figures, and how far its readers got, also to who cannot see the bars', async () => {
    const world = aWorld()
    world.statistics = {
      opens: 12,
      people: 9,
      forwards: 3,
      medianSeconds: 95,
      depth: [1, 0, 2, 0, 0, 3, 0, 0, 0, 0, 6],
      onlyReader: null,
    }
    const { app } = await open(world)
    expect(app.findAll('.statistics dd').map((figure) => figure.text())).toEqual([
      '12',
      '9',
      '3',
      '1分35秒',
    ])
    const bars = app.findAll('.bars li')
    expect(bars).toHaveLength(11)
    expect(bars[5]?.text()).toBe('读到 50%–60%：3 次')
    expect(bars[10]?.text()).toBe('读完：6 次')
  })

  it.each([
    ['李雷', 1, 8, '只有李雷打开过，读到 80%'],
    ['李雷', 3, 10, '只有李雷打开过 3 次，读完了'],
    [null, 2, 0, '只有 1 个人打开过 2 次，最多读到 不足 10%'],
  ])(
    'describes one reader (%s, %d times) in a sentence, without bars',
    async (name, opens, tenths, sentence) => {
      const world = aWorld()
      const depth = Array.from({ length: 11 }, (_, index) => (index === tenths ? opens : 0))
      world.statistics = { ...world.statistics, opens, people: 1, depth, onlyReader: { name } }
      const { app } = await open(world)
      expect(app.get('.statistics').text()).toContain(sentence)
      expect(app.find('.bars').exists()).toBe(false)
    },
  )

  it('says that nobody has opened it, and that the figures could not be loaded', async () => {
    const world = aWorld()
    const { app } = await open(world)
    expect(app.get('.statistics').text()).toContain('还没有人打开过')
    opened?.app.unmount()
    const broken = aWorld()
    broken.failing.set(`/api/materials/${id(501)}/statistics`, 'unavailable')
    await open(broken)
    expect(opened?.app.get('.statistics [role=alert]').text()).toContain('阅读效果没有加载出来')
    broken.failing.clear()
    await opened?.app.get('.statistics [role=alert] button').trigger('click')
    await settled()
    expect(opened?.app.get('.statistics').text()).toContain('还没有人打开过')
  })

  it('reports the rep’s own look as a preview, and no customer’s visit', async () => {
    const world = aWorld()
    const { goTo } = await open(world)
    await goTo('/materials')
    await settled()
    const kinds = world.asked
      .filter(({ path }) => path === '/api/track')
      .flatMap(({ body }) => (body as { events: { kind: string; materialId: string }[] }).events)
    expect(kinds[0]).toMatchObject({ kind: 'preview.start', materialId: id(501) })
    expect(kinds.every(({ kind }) => kind.startsWith('preview.'))).toBe(true)
  })
})
