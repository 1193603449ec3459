import { afterEach, describe, expect, it, vi } from 'vitest'
import { openSidebar, settled, type Opened } from '../testing/open.ts'
import { aMaterial, aMoment, aWorld, id, today, type World } from '../testing/world.ts'

let opened: Opened | undefined
afterEach(() => {
  opened?.app.unmount()
  opened = undefined
})
const app = () => {
  if (!opened) throw new Error('nothing is open')
  return opened.app
}
const lines = () => app().findAll('article')
const handedOut = (number: number, title: string, by = 'zhang') =>
  aMoment(number, {
    material: { id: id(500 + number), kind: 'article', title, coverUrl: null },
    share: {
      id: id(600 + number),
      memberUserId: by,
      memberName: by === 'zhang' ? '张弛' : '韩雪',
      contactName: '林悦',
      forwards: 0,
    },
  })

function aBusyWorld(): World {
  const world = aWorld()
  world.moments = [
    handedOut(1, '选型手册'),
    handedOut(2, '报价说明', 'han'),
    { ...handedOut(3000, '旧案例'), occurredAt: '2026-11-05T08:00:00.000Z' },
  ]
  return world
}

async function open(world: World): Promise<void> {
  opened = await openSidebar(world)
  await vi.waitFor(() => expect(app().find('article').exists()).toBe(true))
}
async function openSheet(): Promise<void> {
  await app().get('[aria-haspopup=dialog]').trigger('click')
  // The sheet is a chunk of its own, which a busy machine needs a while to load.
  const open = () => expect(app().find('dialog[open]').exists()).toBe(true)
  await vi.waitFor(open, 10_000)
  await settled()
}
async function press(label: string, within = 'dialog button'): Promise<void> {
  const button = app()
    .findAll(within)
    .find((one) => one.text() === label || one.attributes('aria-label') === label)
  if (!button) throw new Error(`there is no ${label}`)
  await button.trigger('click')
}
async function done(): Promise<void> {
  await app().get('dialog form').trigger('submit')
  await settled()
}
const lastAsked = (world: World) =>
  new URLSearchParams(
    world.asked
      .filter(({ path }) => path.includes('/moments'))
      .at(-1)
      ?.path.split('?')[1],
  )
const active = () =>
  app()
    .findAll('.filtered .filter')
    .map((one) => one.text())

describe('filters of the timeline', () => {
  it('hold the page, the pages after it and what happens live to the same material, member and period', async () => {
    const world = aBusyWorld()
    world.moments = [
      ...Array.from({ length: 40 }, (_, index) => ({
        ...handedOut(3, '选型手册'),
        // Pushed again each time, or the repeats would be one line.
        share: handedOut(100 + index, '选型手册').share,
        ...aMomentAt(index),
      })),
      ...world.moments,
    ]
    await open(world)
    await openSheet()
    await press('近 7 天')
    await press('我')
    await app()
      .findAll('dialog .option')
      .find((option) => option.text().includes('选型手册'))
      ?.get('input')
      .setValue(true)
    await done()
    expect(app().find('dialog').exists()).toBe(false)
    expect(active()).toEqual(['近 7 天', '由我推送', '《选型手册》'])
    expect(lines()).toHaveLength(30)
    await app().get('.end button').trigger('click')
    await settled()
    expect(lines()).toHaveLength(40)
    expect(Object.fromEntries(lastAsked(world))).toMatchObject({
      member: 'zhang',
      material: id(503),
      before: '30',
    })

    const live = opened?.streams.at(-1)
    live?.send({ ...handedOut(0, '选型手册', 'han'), id: id(9991), revision: 7 }, '7')
    live?.send({ ...handedOut(0, '报价说明'), id: id(9992), revision: 8 }, '8')
    await settled()
    expect(lines()).toHaveLength(40)
    live?.send({ ...handedOut(3, '选型手册'), id: id(9993), occurredAt: today, revision: 9 }, '9')
    await settled()
    expect(lines()).toHaveLength(41)
  })

  it('can each be taken off, and all at once; the focus stays with the filters', async () => {
    const world = aBusyWorld()
    await open(world)
    await openSheet()
    await press('近 7 天')
    await press('韩雪')
    await done()
    expect(lines()).toHaveLength(1)
    await press('去掉筛选：近 7 天', '.filtered button')
    await settled()
    expect(active()).toEqual(['由 韩雪 推送'])
    expect(document.activeElement).toBe(app().get('.head [aria-haspopup=dialog]').element)
    await press('清除筛选', '.filtered button')
    await settled()
    expect(lines()).toHaveLength(3)
    expect(app().find('.filtered').exists()).toBe(false)
  })

  it('say that nothing matches, which is not that nothing happened', async () => {
    await open(aBusyWorld())
    await openSheet()
    await press('选择日期')
    const [first, last] = app().findAll('dialog input[type=date]')
    await first?.setValue('2026-01-03')
    await last?.setValue('2026-01-01')
    await done()
    expect(active()).toEqual(['1月1日 – 1月3日'])
    expect(app().get('.panel').text()).toContain('没有符合条件的动态')
    expect(app().get('.panel').text()).not.toContain('还没有动态')
    await press('查看全部', '.panel button')
    await settled()
    expect(lines()).toHaveLength(3)
  })

  it('change nothing when the sheet is closed without choosing', async () => {
    const world = aBusyWorld()
    await open(world)
    await openSheet()
    await press('今天')
    const asked = world.asked.length
    await press('关闭')
    await settled()
    expect(app().find('dialog').exists()).toBe(false)
    expect(lines()).toHaveLength(3)
    expect(world.asked).toHaveLength(asked)
  })

  it('find any material of the library by its words, and say so when there is none or the search failed', async () => {
    const world = aBusyWorld()
    world.materials = [aMaterial(77, { title: '年度保养套餐' })]
    await open(world)
    await openSheet()
    const options = () =>
      app()
        .findAll('dialog .option .title')
        .map((one) => one.text())
    expect(options()).toEqual(['选型手册', '报价说明', '旧案例'])
    const search = app().get('dialog input[type=search]')
    await search.setValue('保养')
    await search.trigger('keydown', { key: 'Enter' })
    await settled()
    expect(options()).toEqual(['年度保养套餐'])
    await search.setValue('没有的')
    await search.trigger('keydown', { key: 'Enter' })
    await settled()
    expect(app().get('dialog').text()).toContain('没有符合条件的物料')
    world.failing.set('/api/materials', 'network')
    await search.trigger('keydown', { key: 'Enter' })
    await settled()
    expect(app().get('dialog').text()).toContain('物料没有加载出来')
  })

  it('start from a line: only this material', async () => {
    const world = aBusyWorld()
    await open(world)
    await lines()[1]?.get('.more').trigger('click')
    await vi.waitFor(() => expect(app().find('article .acts').exists()).toBe(true))
    await press('只看这份物料', 'article button')
    await vi.waitFor(() => expect(app().find('.filtered').exists()).toBe(true))
    await settled()
    expect(lines()).toHaveLength(1)
    expect(active()).toEqual(['《报价说明》'])
    // The second choice begins with the first one.
    await openSheet()
    expect(
      app().find('dialog .option input:checked').element.closest('label')?.textContent,
    ).toContain('报价说明')
  })
})

function aMomentAt(index: number) {
  return {
    id: id(8000 - index),
    occurredAt: new Date(Date.parse(today) - index * 60_000).toISOString(),
  }
}
