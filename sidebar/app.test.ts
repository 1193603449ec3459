import { afterEach, describe, expect, it, vi } from 'vitest'
import { BridgeError } from './bridge/causes.ts'
import { openSidebar, settled, type Opened } from './testing/open.ts'
import { aMaterial, aMoment, aWorkorder, aWorld } from './testing/world.ts'

let opened: Opened | undefined
const open: typeof openSidebar = async (...args) => (opened = await openSidebar(...args))
afterEach(() => {
  opened?.app.unmount()
  opened = undefined
  vi.useRealTimers()
})

describe('a rep opens the sidebar in a chat', () => {
  it('sees who the customer is and what they did', async () => {
    const world = aWorld()
    world.moments = [aMoment(0)]
    const { app } = await open(world)
    const text = app.text()
    for (const part of [
      '林悦',
      '@微信',
      '备注：恒锐 · 林悦',
      '扫描二维码',
      '高意向',
      '1 个身份已关联',
    ])
      expect(text).toContain(part)
    expect(app.get('article').text()).toMatch(/林悦 阅读了 《折弯机保养指南》.*1分42秒.*读到 85%/s)
  })

  it('reads company and position on the card, of a WeCom user and of one whose company was noted', async () => {
    const world = aWorld()
    const work = { corpName: '恒锐精机', position: '采购经理' }
    world.contact = { ...world.contact, kind: 'wecom', ...work }
    expect((await open(world)).app.get('.work').text()).toBe('恒锐精机 · 采购经理')
    opened?.app.unmount()
    const noted = aWorld()
    noted.contact = { ...noted.contact, corpName: '苏州恒进' }
    expect((await open(noted)).app.get('.work').text()).toBe('苏州恒进')
    opened?.app.unmount()
    expect((await open(aWorld())).app.find('.work').exists()).toBe(false)
  })

  it('learns how the identities were joined, in words', async () => {
    const { app } = await open(aWorld())
    await app.get('[aria-controls="contact-details"]').trigger('click')
    await vi.waitFor(() => expect(app.text()).toContain('企业微信确认是同一人'))
  })

  it('can read the whole sidebar in English', async () => {
    const world = aWorld()
    world.moments = [aMoment(0)]
    const { app } = await open(world)
    const toggle = app.get('button[aria-label*="Switch to English"]')
    await toggle.trigger('click')
    await vi.waitFor(() => expect(app.get('article').text()).toMatch(/林悦 read .*1 min 42 s/s))
    expect(document.documentElement.lang).toBe('en')
    await toggle.trigger('click')
    await vi.waitFor(() => expect(document.documentElement.lang).toBe('zh-CN'))
  })

  it('is told when WeCom is out of reach and the profile is an older one', async () => {
    const world = aWorld()
    world.contact = { ...world.contact, stale: true }
    expect((await open(world)).app.text()).toContain('暂时连不上企业微信')
  })

  it('without a seat is told what that means', async () => {
    const world = aWorld()
    if (world.session) world.session.licence = 'none'
    expect((await open(world)).app.text()).toContain('没有接口许可')
  })

  it('of a customer they do not follow is told so, and can try again', async () => {
    const world = aWorld()
    world.failing.set('/api/contacts/', 'contact_not_followed')
    const { app } = await open(world)
    expect(app.get('[role=alert]').text()).toContain('还没有添加这位客户')
    world.failing.clear()
    await app.get('[role=alert] button').trigger('click')
    await settled()
    expect(app.text()).toContain('恒锐 · 林悦')
  })
})

describe('signing out', () => {
  const button = (app: Opened['app'], name: string) =>
    app.findAll('button').find((one) => one.text() === name)

  it('ends the session, shows nothing of the customer, and only the rep signs in again', async () => {
    const world = aWorld()
    world.moments = [aMoment(0)]
    const { app, left, streams } = await open(world)
    await button(app, '退出')?.trigger('click')
    await settled()
    expect(world.session).toBeNull()
    expect(app.text()).toContain('你已退出登录')
    expect(app.text()).not.toContain('林悦')
    expect(streams.every(({ closed }) => closed)).toBe(true)
    expect(left).toEqual([])
    await button(app, '重新登录')?.trigger('click')
    expect(left).toHaveLength(1)
  })

  it('that the server does not hear of leaves the rep signed in, and says so', async () => {
    const world = aWorld()
    const { app } = await open(world)
    world.failing.set('/api/session', 'unavailable')
    await button(app, '退出')?.trigger('click')
    await settled()
    expect(app.text()).toContain('没有退出成功')
    expect(app.text()).toContain('恒锐 · 林悦')
  })
})

describe('a timeline that the server ends', () => {
  it('because the customer was deleted shows nothing of them any more, and is not opened again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const world = aWorld()
    world.moments = [aMoment(0)]
    const { app, streams } = await open(world)
    expect(app.findAll('article')).toHaveLength(1)
    streams[0]?.end('contact_not_followed')
    await settled()
    expect(app.findAll('article')).toHaveLength(0)
    expect(app.text()).toContain('还没有添加这位客户')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(streams).toHaveLength(1)
  })

  it('because WeCom cannot be reached is opened again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const world = aWorld()
    world.moments = [aMoment(0)]
    const { app, streams } = await open(world)
    streams[0]?.end('platform_unreachable')
    await settled()
    expect(app.findAll('article')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(streams).toHaveLength(2)
  })
})

describe('signing in', () => {
  it('leaves for WeCom once, with the way back, and not a second time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const world = aWorld()
    world.session = null
    const { app, left } = await open(world, { path: '/materials?q=海报' })
    expect(left).toHaveLength(1)
    const address = new URL(left[0] ?? '', 'https://crm.test')
    expect(address.pathname).toBe('/auth/wecom')
    expect(address.searchParams.get('corp')).toBe('ww1')
    expect(decodeURIComponent(address.searchParams.get('to') ?? '')).toBe(
      '/sidebar/?corp=ww1#/materials?q=海报',
    )
    expect(app.find('[role=alert]').exists()).toBe(false)
    await vi.advanceTimersByTimeAsync(10_000)
    await settled()
    expect(app.get('[role=alert]').text()).toContain('登录没有成功')
    expect(left).toHaveLength(1)
    await app.get('[role=alert] button').trigger('click')
    expect(left).toHaveLength(2)
  })

  it('outside WeCom explains where to open it and goes nowhere', async () => {
    const world = aWorld()
    world.session = null
    const { app, left } = await open(world, { inWecom: false })
    expect(app.get('[role=alert]').text()).toContain('请在企业微信中打开')
    expect(left).toEqual([])
  })

  it('without a network says so, and goes on when it is back', async () => {
    const world = aWorld()
    world.failing.set('/api/session', 'network')
    const { app } = await open(world)
    expect(app.get('[role=alert]').text()).toContain('网络连接不上')
    world.failing.clear()
    await app.get('[role=alert] button').trigger('click')
    await settled()
    expect(app.text()).toContain('林悦')
  })
})

describe('without a single customer', () => {
  it('a wrong signature is explained with both addresses, and the library can still be read', async () => {
    const world = aWorld()
    world.materials = [aMaterial(1)]
    const cause = {
      code: 'signature_invalid' as const,
      said: 'agentConfig:invalid signature',
      signedUrl: 'https://a.test/',
      pageUrl: 'https://b.test/',
    }
    const { app, goTo } = await open(world, { entry: new BridgeError(cause) })
    await vi.waitFor(() =>
      expect(app.get('[role=alert]').text()).toContain(
        '签名的是 https://a.test/，页面是 https://b.test/',
      ),
    )
    await goTo('/materials')
    expect(app.text()).toContain('物料 1')
    expect(app.find('button[aria-label^="推送"]').exists()).toBe(false)
  })

  it('a group chat says that it has no timeline and offers to push', async () => {
    const world = aWorld()
    const { app } = await open(world, {
      entry: { entry: 'group_chat_tools', target: { chatId: 'wrGroup' } },
    })
    await vi.waitFor(() => expect(app.text()).toContain('当前是客户群'))
    expect(world.asked.some(({ path }) => path.startsWith('/api/contacts/'))).toBe(false)
  })

  it('the attachment menu shows what can be sent, and sends it without knowing the customer', async () => {
    const world = aWorld()
    world.materials = [aMaterial(1)]
    const { app } = await open(world, { entry: { entry: 'chat_attachment', target: null } })
    await vi.waitFor(() => expect(app.text()).toContain('企业微信在附件栏不告诉我们客户是谁'))
    await app.get('button[aria-label="推送《物料 1》"]').trigger('click')
    await vi.waitFor(() =>
      expect(document.body.textContent).toContain('已交给企业微信，发到当前会话'),
    )
    expect(world.asked.find(({ path }) => path === '/api/shares')?.body).toMatchObject({
      to: null,
      entry: 'chat_attachment',
    })
  })

  it('the workbench is explained', async () => {
    const { app } = await open(aWorld(), { entry: { entry: 'normal', target: null } })
    await vi.waitFor(() => expect(app.text()).toContain('还没有选择客户'))
  })
})

describe('a work order', () => {
  it('is opened from its moment and shows place, contact and progress', async () => {
    const world = aWorld()
    const order = aWorkorder()
    world.moments = [
      aMoment(0, {
        kind: 'workorder.submit',
        material: null,
        share: null,
        view: null,
        workorder: order,
      }),
    ]
    world.workorders = [order]
    const { app } = await open(world)
    expect(app.get('article').text()).toContain('林悦 提交了报修工单 WO-20261121-0001')
    await app.get('article a').trigger('click')
    await settled()
    await vi.waitFor(() => expect(app.text()).toContain('星湖街 328 号'))
    for (const part of ['急停后无法复位', '客户手动填写，没有坐标', '待受理', '尽快处理'])
      expect(app.text()).toContain(part)
    expect(app.get('a[href="tel:13812345678"]').text()).toBe('13812345678')
  })
})
