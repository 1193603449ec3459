import { afterEach, describe, expect, it, vi } from 'vitest'
import { articleHtml } from '../../shared/rules/article-html.ts'
import { BridgeError } from '../bridge/causes.ts'
import type { PushResult } from '../bridge/sdk.ts'
import { openSidebar, settled, type Opened, type OpenOptions } from '../testing/open.ts'
import { aMaterial, aWorld, id, type World } from '../testing/world.ts'

let opened: Opened | undefined
async function openLibrary(world: World, options: OpenOptions = {}): Promise<Opened> {
  opened = await openSidebar(world, { path: '/materials', ...options })
  await vi.waitFor(() => expect(opened?.app.find('.library').exists()).toBe(true))
  await settled()
  return opened
}
function aLibrary(): World {
  const world = aWorld()
  world.materials = [
    aMaterial(1, { title: '保养指南' }),
    aMaterial(2, { title: '秋季海报', kind: 'image' }),
    aMaterial(3, { title: '选型手册', kind: 'file' }),
  ]
  return world
}
const titles = () => opened?.app.findAll('.row .title').map((title) => title.text())
const pushButton = (title: string) => {
  const button = opened?.app.find(`button[aria-label="推送《${title}》"]`)
  if (!button?.exists()) throw new Error(`no push button for ${title}`)
  return button
}
const creates = (world: World) =>
  world.asked.filter(({ method, path }) => method === 'POST' && path === '/api/shares')

afterEach(() => {
  opened?.app.unmount()
  opened = undefined
  vi.useRealTimers()
})

describe('pushing a material', () => {
  it('makes a share, sends its message by the client, and reports what the client said', async () => {
    const world = aLibrary()
    const { app, pushed } = await openLibrary(world)
    expect(app.text()).toContain('推送给 林悦')
    await pushButton('保养指南').trigger('click')
    await settled()
    expect(world.shares).toMatchObject([
      { materialId: id(501), to: { externalUserId: 'wmLinYue' }, state: 'sent' },
    ])
    expect(pushed).toMatchObject([
      {
        msgtype: 'miniprogram',
        miniprogram: { page: `pages/material/index.html?share=${id(3000)}` },
      },
    ])
    expect(app.get('.toast').text()).toBe('已交给企业微信，发给 林悦')
    expect(app.findAll('.row')[0]?.text()).toMatch(/已推送 · 未打开/)
  })

  it('twice by a double click happens once', async () => {
    const world = aLibrary()
    let finish: (result: PushResult) => void = () => undefined
    const { pushed } = await openLibrary(world, {
      push: () => new Promise((resolve) => (finish = resolve)),
    })
    const button = pushButton('保养指南')
    await Promise.all([button.trigger('click'), button.trigger('click')])
    await settled()
    expect(button.attributes('disabled')).toBeDefined()
    await pushButton('秋季海报').trigger('click')
    finish({ state: 'sent' })
    await settled()
    expect(creates(world)).toHaveLength(1)
    expect(pushed).toHaveLength(1)
  })

  it('that the rep cancels is recorded as cancelled and can be pushed again as a new share', async () => {
    const world = aLibrary()
    let result: PushResult = { state: 'cancelled' }
    const { app } = await openLibrary(world, { push: () => Promise.resolve(result) })
    await pushButton('保养指南').trigger('click')
    await settled()
    expect(app.get('.toast').text()).toBe('已取消发送')
    expect(world.shares[0]?.state).toBe('cancelled')
    result = { state: 'sent' }
    await pushButton('保养指南').trigger('click')
    await settled()
    expect(world.shares.map(({ state }) => state)).toEqual(['sent', 'cancelled'])
  })

  it('that the client refuses says why and how to mend it, and tells the server the cause', async () => {
    const world = aLibrary()
    const cause = { code: 'no_permission' as const, said: 'sendChatMessage:no permission' }
    const { app } = await openLibrary(world, {
      push: () => Promise.resolve({ state: 'failed', cause }),
    })
    await pushButton('保养指南').trigger('click')
    await settled()
    const alert = app.get('.row [role=alert]')
    expect(alert.text()).toContain('应用没有这项权限')
    expect(alert.text()).toContain('重新推送')
    expect(world.shares).toMatchObject([
      { state: 'failed', reason: 'no_permission: sendChatMessage:no permission' },
    ])
  })

  it('whose answer got lost meets the same share again', async () => {
    const world = aLibrary()
    world.failing.set('/api/shares', 'network')
    const { app } = await openLibrary(world)
    await pushButton('保养指南').trigger('click')
    await settled()
    expect(app.get('.row [role=alert]').text()).toContain('网络连接不上')
    world.failing.clear()
    await app.get('.row [role=alert] button').trigger('click')
    await settled()
    expect(new Set(creates(world).map(({ headers }) => headers['Idempotency-Key'])).size).toBe(1)
    expect(world.shares).toHaveLength(1)
  })

  it('goes to the group when the sidebar was opened in one', async () => {
    const world = aLibrary()
    const { app } = await openLibrary(world, {
      entry: { entry: 'group_chat_tools', target: { chatId: 'wrGroup' } },
    })
    expect(app.text()).toContain('推送到当前客户群')
    await pushButton('保养指南').trigger('click')
    await settled()
    expect(world.shares[0]?.to).toEqual({ chatId: 'wrGroup' })
    expect(app.get('.toast').text()).toBe('已交给企业微信，发到客户群')
  })

  it('is not offered where the client cannot send', async () => {
    const { app } = await openLibrary(aLibrary(), {
      entry: { entry: 'contact_profile', target: { externalUserId: 'wmLinYue' } },
    })
    expect(app.text()).toContain('从客户资料页打开时不能推送')
    expect(app.find('button[aria-label^="推送"]').exists()).toBe(false)
  })

  it('where the client refused us, the library says so instead of sending the rep to where they are', async () => {
    const entry = new BridgeError({
      code: 'signature_invalid',
      said: 'agentConfig:fail, invalid signature',
    })
    const { app } = await openLibrary(aLibrary(), { entry })
    expect(app.get('.receiver').text()).toBe('仅可浏览：页面签名没有通过。怎样解决，见「客户」页')
    expect(app.find('button[aria-label^="推送"]').exists()).toBe(false)
  })
})

describe('the library', () => {
  it('is searched while typing, in one question, and the words stay in the address', async () => {
    const world = aLibrary()
    const { app } = await openLibrary(world)
    const before = world.asked.length
    for (const typed of ['手', '手册']) await app.get('input[type=search]').setValue(typed)
    await vi.waitFor(() => expect(titles()).toEqual(['选型手册']))
    expect(
      world.asked.slice(before).filter(({ path }) => path.startsWith('/api/materials?')),
    ).toHaveLength(1)
    await app.get('input[type=search]').setValue('没有的')
    await vi.waitFor(() => expect(app.text()).toContain('没有符合条件的物料'))
  })

  it('is left while a search is being typed: the rep stays where they went, and finds it searched on return', async () => {
    const { app, goTo } = await openLibrary(aLibrary())
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await app.get('input[type="search"]').setValue('手册')
    await goTo('/contact')
    vi.advanceTimersByTime(1_000)
    await settled()
    expect(app.find('.library').exists()).toBe(false)
    await goTo('/materials')
    await settled()
    expect(titles()).toEqual(['选型手册'])
  })

  it('opens as it was left: search and kind come from the address', async () => {
    const { app } = await openLibrary(aLibrary(), { path: '/materials?q=报&kind=image' })
    await vi.waitFor(() =>
      expect(titles()).toEqual(['秋季海报'].filter((title) => title.includes('报'))),
    )
    expect(app.get<HTMLInputElement>('input[type=search]').element.value).toBe('报')
  })

  it('says when it is empty and when it could not be loaded', async () => {
    const world = aWorld()
    const { app } = await openLibrary(world)
    expect(app.text()).toContain('物料库还是空的')
    world.failing.set('/api/materials', 'unavailable')
    await app
      .findAll('.chip')
      .find((chip) => chip.text() === '视频')
      ?.trigger('click')
    await settled()
    expect(app.get('[role=alert]').text()).toContain('物料没有加载出来')
  })

  it('shows an article as the customer sees it, its wide table in a box that scrolls', async () => {
    const html =
      '<p>一</p><table><tbody><tr><td>1</td></tr></tbody></table><pre>x</pre><img src="https://host/a.png" alt="图" width="9" height="9">'
    const world = aWorld()
    world.materials = [aMaterial(1, { body: { kind: 'article', html } })]
    opened = await openSidebar(world, { path: `/materials/${id(501)}` })
    await vi.waitFor(() => expect(opened?.app.find('.article').exists()).toBe(true))
    const seen = document.createElement('div')
    seen.innerHTML = articleHtml(html, (url) => url)
    expect(opened.app.get('.article').element.innerHTML).toBe(seen.innerHTML)
    expect(opened.app.get('.article table').element.parentElement?.style.overflowX).toBe('auto')
  })

  it.each([
    [
      'an article',
      aMaterial(1, { body: { kind: 'article', html: '<h2>第一步</h2>' } }),
      '.article h2',
      '第一步',
    ],
    [
      'a file',
      aMaterial(1, {
        kind: 'file',
        body: {
          kind: 'file',
          name: '手册.pdf',
          bytes: 2_500_000,
          downloadUrl: '/f',
          pages: [{ url: '/p1', width: 6, height: 8 }],
        },
      }),
      '.file',
      '手册.pdf2.4 MB · 1 页',
    ],
    [
      'a link',
      aMaterial(1, {
        kind: 'link',
        body: { kind: 'link', url: 'https://shop.test/', host: 'shop.test' },
      }),
      'a[rel*=noopener]',
      'shop.test',
    ],
  ])('previews %s as the customer will see it', async (_, material, selector, words) => {
    const world = aWorld()
    world.materials = [material]
    opened = await openSidebar(world, { path: `/materials/${material.id}` })
    await vi.waitFor(() =>
      expect(opened?.app.get(selector).text().replace(/\s+/g, ' ')).toContain(words),
    )
    expect(opened.app.get('button[aria-label^="推送"]').text()).toBe('推送')
  })
})

describe('a row of the library', () => {
  it('says how many read it, how many finished, and which own customers got furthest; no date', async () => {
    const world = aWorld()
    const effect = {
      opens: 30,
      people: 12,
      finished: 5,
      best: [
        { name: '林悦', tenths: 10 },
        { name: '王强', tenths: 8 },
      ],
    }
    world.materials = [
      { ...aMaterial(1), effect },
      aMaterial(2),
      { ...aMaterial(3), effect: { opens: 9_000, people: 1_000, finished: null, best: [] } },
    ]
    const { app } = await openLibrary(world)
    const rows = app.findAll('.row').map((row) => row.text())
    expect(rows[0]).toContain('12 人看过 · 读完 42%')
    expect(rows[0]).toContain('林悦读完、王强读到 80%')
    expect(rows[1]).toContain('还没有人看过')
    expect(rows[2]).toContain('1000+ 人看过')
    expect(rows.join()).not.toContain('更新')
  })
})

describe('several materials at once', () => {
  async function choose(world: World, wanted: string[], options: OpenOptions = {}) {
    const { app } = await openLibrary(world, options)
    const press = (label: string) =>
      app
        .findAll('button')
        .find((button) => button.text() === label)
        ?.trigger('click')
    await press('多选')
    expect(app.find('button[aria-label^="推送《"]').exists()).toBe(false)
    for (const title of wanted) await app.get(`input[aria-label="选择《${title}》"]`).setValue(true)
    return { app, press }
  }

  it('are pushed in the order in which they were chosen', async () => {
    const world = aLibrary()
    const { app, press } = await choose(world, ['选型手册', '保养指南'])
    await press('推送 2 份')
    await settled()
    expect(creates(world).map(({ body }) => (body as { materialId: string }).materialId)).toEqual([
      id(503),
      id(501),
    ])
    expect(app.get('.toast').text()).toBe('2 份已交给企业微信')
    expect(app.find('input[type=checkbox]').exists()).toBe(false)
  })

  it('stop at the first that WeCom does not take; the others stay chosen', async () => {
    const world = aLibrary()
    let tries = 0
    const { app, press } = await choose(world, ['保养指南', '秋季海报', '选型手册'], {
      push: () => Promise.resolve({ state: (tries += 1) === 2 ? 'cancelled' : 'sent' }),
    })
    await press('推送 3 份')
    await settled()
    expect(creates(world)).toHaveLength(2)
    expect(app.get('.toast').text()).toBe('1 份已交给企业微信，还有 2 份没有推送')
    expect(app.findAll('input:checked')).toHaveLength(2)
    await press('推送 2 份')
    await settled()
    expect(app.find('input[type=checkbox]').exists()).toBe(false)
  })
})

describe('the rep’s own card', () => {
  const open = async (world: World) => {
    const { app } = await openLibrary(world)
    await app
      .findAll('button')
      .find((button) => button.text() === '我的名片')
      ?.trigger('click')
    await vi.waitFor(() => expect(app.find('dialog').exists()).toBe(true), 10_000)
    await settled()
    return app
  }

  it('shows what readers see, and keeps the number and the code that the rep gives', async () => {
    const world = aLibrary()
    const app = await open(world)
    expect(app.get('dialog').text()).toContain('销售经理')
    await app.get('dialog input[type=tel]').setValue(' 138 1234 0017 ')
    await app.get('dialog input[type=checkbox]').setValue(true)
    await app.get('dialog form').trigger('submit')
    await settled()
    expect(world.card).toMatchObject({ phone: '138 1234 0017' })
    expect(world.card.addCodeUrl).not.toBeNull()
    expect(app.get('.toast').text()).toBe('名片已保存')
  })

  it('says that the number is wrong beside it, and that WeCom refused', async () => {
    const world = aLibrary()
    const app = await open(world)
    await app.get('dialog input[type=tel]').setValue('打我')
    await app.get('dialog form').trigger('submit')
    await settled()
    expect(app.get('#card-phone-error').text()).toBe('请填写正确的电话号码')
    await app.get('dialog input[type=tel]').setValue('')
    world.failing.set('/api/card', 'platform_refused')
    await app.get('dialog form').trigger('submit')
    await settled()
    expect(app.get('dialog [role=alert]').text()).toContain('名片没有保存成功')
    expect(world.card).toMatchObject({ phone: null, addCodeUrl: null })
  })
})
