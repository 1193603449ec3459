import { afterEach, describe, expect, it, vi } from 'vitest'
import { inZone } from '../../shared/testing/zone.ts'
import { openSidebar, settled, type HandStream, type Opened } from '../testing/open.ts'
import { aMoment, aShare, aWorld, id } from '../testing/world.ts'

let opened: Opened | undefined
const open: typeof openSidebar = async (...args) => (opened = await openSidebar(...args))
const lines = () =>
  opened?.app.findAll('article').map((line) => line.text().replace(/\s+/g, ' ')) ?? []
function stream(): HandStream {
  const last = opened?.streams.at(-1)
  if (!last) throw new Error('no stream was opened')
  return last
}
async function filterBy(label: string): Promise<void> {
  await opened?.app
    .findAll('.chip')
    .find((chip) => chip.text() === label)
    ?.trigger('click')
  await settled()
}
afterEach(() => {
  opened?.app.unmount()
  opened = undefined
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('the timeline', () => {
  it('reads as sentences: what, how long, how far', async () => {
    const world = aWorld()
    const material = (kind: 'file' | 'video' | 'image') => ({
      id: id(501),
      kind,
      title: '手册',
      coverUrl: null,
    })
    world.moments = [
      aMoment(0, {
        material: material('file'),
        view: { activeSeconds: 42, depth: { unit: 'page', reached: 3, total: 12 }, ongoing: false },
      }),
      aMoment(1, {
        material: material('video'),
        view: {
          activeSeconds: 3725,
          depth: { unit: 'second', reached: 80, total: 184 },
          ongoing: false,
        },
      }),
      aMoment(2, { kind: 'material.share', material: material('image'), view: null }),
      aMoment(3, { kind: 'menu.click', material: null, view: null, item: '预约保养' }),
    ]
    await open(world)
    expect(lines()[0]).toMatch(/林悦 查看了文件 《手册》 ?42秒 ?看到第 3\/12 页/)
    expect(lines()[1]).toMatch(/林悦 观看了 《手册》 ?1小时2分 ?看到 1:20 \/ 3:04/)
    expect(lines()[2]).toContain('林悦 转发了 《手册》')
    expect(lines()[3]).toContain('林悦 点击了 「预约保养」')
  })

  it('says that a reader through a share may be somebody else, and why', async () => {
    const world = aWorld()
    world.moments = [aMoment(0, { confirmed: false })]
    const { app } = await open(world)
    expect(lines()[0]).toMatch(/^有人 阅读了/)
    const mark = app.get('article .doubt')
    expect(mark.text()).toContain('通过你分享给 林悦 的链接，身份未确认')
    await mark.trigger('click')
    expect(app.get('article').text()).toContain('链接可能被转发给了别人')
  })

  it('says by name whose share it was when a colleague pushed it', async () => {
    const world = aWorld()
    world.moments = [
      aMoment(0, {
        confirmed: false,
        share: {
          id: id(600),
          memberUserId: 'han',
          memberName: '韩雪',
          contactName: '林悦',
          forwards: 0,
        },
      }),
    ]
    const { app } = await open(world)
    expect(app.get('article .doubt').text()).toContain('通过 韩雪 分享给 林悦 的链接，身份未确认')
  })

  it('shows a moment as it happens, and its progress in the same line', async () => {
    const world = aWorld()
    world.moments = [aMoment(5)]
    const { app } = await open(world)
    expect(stream().address).toBe(`/api/persons/${id(10)}/moments/live?from=from-page`)
    stream().opened()
    stream().send(
      aMoment(0, {
        id: id(9999),
        revision: 7,
        view: { activeSeconds: 3, depth: null, ongoing: true },
      }),
      '7',
    )
    await settled()
    expect(lines()).toHaveLength(2)
    expect(lines()[0]).toMatch(/正在看 ?3秒/)
    expect(app.get('[aria-live=polite]').text()).toContain('新动态：林悦 阅读了 《折弯机保养指南》')
    stream().send(
      aMoment(0, {
        id: id(9999),
        revision: 8,
        view: { activeSeconds: 45, depth: null, ongoing: true },
      }),
      '8',
    )
    await settled()
    expect(lines()).toHaveLength(2)
    expect(lines()[0]).toContain('45秒')
    // A repeated older state changes nothing.
    stream().send(
      aMoment(0, {
        id: id(9999),
        revision: 7,
        view: { activeSeconds: 3, depth: null, ongoing: true },
      }),
      '7',
    )
    await settled()
    expect(lines()[0]).toContain('45秒')
  })

  it('shows a push before it is opened: WeCom has it, nobody has opened it; then the reading stands above it', async () => {
    const world = aWorld()
    const push = { kind: 'material.push' as const, view: null, push: { opened: false } }
    const colleague = { ...aShare, id: id(602), memberUserId: 'han', memberName: '韩雪' }
    world.moments = [aMoment(1, push), aMoment(2, { ...push, share: colleague })]
    await open(world)
    expect(lines()[0]).toMatch(/你 推送了 《折弯机保养指南》 ?已交给企业微信 ?还没打开/)
    expect(lines()[1]).toContain('韩雪 推送了 《折弯机保养指南》')
    stream().send(aMoment(0, { share: aMoment(1).share, revision: 7 }), '7')
    await settled()
    expect(lines()).toHaveLength(3)
    expect(lines()[0]).toContain('林悦 阅读了')
    expect(lines()[1]).toMatch(/你 推送了 《折弯机保养指南》(?!.*还没打开)/)
    expect(lines()[2]).toContain('还没打开')
  })

  it('folds repeats of one sitting, says how often and how long, and shows each on demand', async () => {
    const world = aWorld()
    const { share } = aMoment(0)
    const visit = (number: number, activeSeconds: number, reached: number) =>
      aMoment(number, {
        share,
        view: {
          activeSeconds,
          depth: { unit: 'percent', reached, total: 100 },
          ongoing: false,
        },
      })
    world.moments = [visit(0, 3, 10), visit(4, 240, 100), visit(9, 60, 40)]
    const { app } = await open(world)
    expect(lines()).toHaveLength(1)
    expect(lines()[0]).toMatch(/林悦 阅读了 《折弯机保养指南》 ?3 次 ?最长 4分钟 ?读到 100%/)
    expect(app.get('.depth .whole').attributes('style')).toContain('width: 100%')
    await app.get('article .more').trigger('click')
    await vi.waitFor(() => expect(app.findAll('.visits li')).toHaveLength(3))
    expect(app.findAll('.visits li')[2]?.text()).toBe('15:51 · 1分钟 · 读到 40%')
    // Another one, live, folds into the same line.
    stream().send({ ...visit(0, 8, 20), id: id(9999), revision: 9 }, '9')
    await settled()
    expect(lines()).toHaveLength(1)
    expect(lines()[0]).toContain('4 次')
    expect(app.findAll('.visits li')).toHaveLength(4)
  })

  it('draws a full read with its bar, and a bounce as one grey line without', async () => {
    const world = aWorld()
    const view = (activeSeconds: number, reached: number) => ({
      activeSeconds,
      depth: { unit: 'percent' as const, reached, total: 100 },
      ongoing: false,
    })
    world.moments = [aMoment(0, { view: view(95, 100) }), aMoment(1, { view: view(2, 8) })]
    const { app } = await open(world)
    const [full, bounce] = app.findAll('article')
    expect(full?.find('.depth .whole').exists()).toBe(true)
    expect(full?.classes()).not.toContain('bounced')
    expect(bounce?.find('.depth').exists()).toBe(false)
    expect(bounce?.classes()).toContain('bounced')
  })

  it('does not move under a rep who reads further down: new moments wait for a click', async () => {
    const world = aWorld()
    world.moments = [aMoment(5)]
    const { app } = await open(world)
    vi.spyOn(app.get('.panel').element, 'getBoundingClientRect').mockReturnValue({
      top: -600,
    } as DOMRect)
    stream().send(aMoment(0, { id: id(9999), revision: 7 }), '7')
    await settled()
    expect(lines()).toHaveLength(1)
    expect(app.get('.arrived').text()).toBe('1 条新动态')
    await app.get('.arrived').trigger('click')
    expect(lines()).toHaveLength(2)
  })

  it('says whether it is live, and resumes where it was when the server refused', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const world = aWorld()
    const { app, streams } = await open(world)
    const state = () => app.get('.stream').text()
    expect(state()).toBe('连接中')
    stream().opened()
    await settled()
    expect(state()).toBe('实时')
    stream().broke()
    await settled()
    expect(state()).toBe('连接中')
    stream().opened()
    stream().send(aMoment(0, { id: id(9999), revision: 7 }), 'position-7')
    stream().refused()
    await settled()
    expect(state()).toBe('已断开')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(streams).toHaveLength(2)
    expect(stream().address).toContain('from=position-7')
    // Twice as long after the next refusal.
    stream().refused()
    await settled()
    await vi.advanceTimersByTimeAsync(1_999)
    expect(streams).toHaveLength(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(streams).toHaveLength(3)
    stream().opened()
    await settled()
    expect(state()).toBe('实时')
  })

  it('is read anew when the customer was recognised, without a blank in between', async () => {
    const world = aWorld()
    world.moments = [aMoment(5, { confirmed: false })]
    const { app, streams } = await open(world)
    expect(lines()[0]).toContain('身份未确认')
    world.moments = [
      aMoment(1, { kind: 'contact.joined', material: null, view: null, share: null }),
      aMoment(5),
    ]
    stream().reload('position-8')
    expect(lines()).toHaveLength(1)
    await settled()
    expect(lines()).toHaveLength(2)
    expect(lines()[1]).not.toContain('身份未确认')
    expect(app.find('.bones').exists()).toBe(false)
    // The same stream continues after that message.
    expect(streams).toHaveLength(1)
    stream().send(aMoment(0, { id: id(9999), revision: 7 }), '9')
    await settled()
    expect(lines()).toHaveLength(3)
  })

  it('filters by kind, live moments too', async () => {
    const world = aWorld()
    world.moments = [aMoment(1), aMoment(2, { kind: 'material.share', view: null })]
    const { app } = await open(world)
    await filterBy('转发')
    expect(lines()).toHaveLength(1)
    stream().send(aMoment(0, { id: id(9999), revision: 7 }), '7')
    await settled()
    expect(lines()).toHaveLength(1)
    await filterBy('工单')
    expect(app.text()).toContain('没有符合条件的动态')
    await filterBy('全部')
    expect(lines()).toHaveLength(3)
  })

  it('says when nothing happened yet, and when it could not be loaded', async () => {
    const world = aWorld()
    const { app } = await open(world)
    expect(app.text()).toContain('还没有动态')
    world.failing.set(`/api/persons/${id(10)}/moments`, 'internal')
    await filterBy('浏览')
    expect(app.get('.panel [role=alert]').text()).toContain('营销时刻没有加载出来')
    world.failing.clear()
    world.moments = [aMoment(1)]
    await app.get('.panel [role=alert] button').trigger('click')
    await settled()
    expect(lines()).toHaveLength(1)
  })

  it('loads older moments page by page, keeps one heading per day, and says where it ends', async () => {
    const world = aWorld()
    world.moments = Array.from({ length: 45 }, (_, index) => aMoment(index * 60))
    const { app } = await open(world)
    expect(lines()).toHaveLength(30)
    const more = app.get('.end button')
    world.failing.set(`/api/persons/${id(10)}/moments`, 'network')
    await more.trigger('click')
    await settled()
    expect(app.get('.end').text()).toContain('更早的动态没有加载出来')
    world.failing.clear()
    await app.get('.end button').trigger('click')
    await settled()
    expect(lines()).toHaveLength(45)
    expect(app.get('.end').text()).toBe('没有更早的动态了')
    const days = app.findAll('h3').map((day) => day.text())
    expect(new Set(days).size).toBe(days.length)
    expect(days[0]).toContain('今天')
  })

  it('shows the corp’s days and hours to a rep whose laptop is in New York', () =>
    inZone('America/New_York', async () => {
      const world = aWorld()
      world.moments = ['2026-11-20T16:00:00.000Z', '2026-11-20T15:59:00.000Z'].map(
        (occurredAt, index) => aMoment(index, { occurredAt }),
      )
      const { app } = await open(world)
      const days = app.findAll('h3').map((day) => day.text())
      expect(days).toEqual(['今天 · 11月21日周六', '昨天 · 11月20日周五'])
      expect(app.findAll('time').map((time) => time.text())).toEqual(['00:00', '23:59'])
    }))
})
