import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Reply } from '../../shared/contract/endpoint.ts'
import {
  getMaterial,
  listCategories,
  listMaterials,
  openShare,
} from '../../shared/contract/materials.ts'
import { keepImage } from '../files/index.ts'
import { visitorSeen } from '../identity/index.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'
import { pdf } from './document/testing.ts'
import { ensureCategories, keepPicture, type MaterialDraft, publish } from './index.ts'

let app: TestApp
let rep: As

beforeAll(async () => {
  app = await makeTestApp()
  rep = app.member('rep')
})
afterAll(() => app.stop())

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

const unknownFile = '0193a3c4-0000-7000-8000-000000000001'

function plain(background: string, width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()
}

function put(draft: Partial<MaterialDraft>) {
  return publish(app.ctx, {
    corpId: app.corpId,
    title: '标题',
    summary: '',
    categoryId: null,
    cover: picture,
    body: { kind: 'image', bytes: picture },
    ...draft,
  })
}
test('a search finds a title however either was typed: width, case, signs, invisible characters', async () => {
  await put({ title: '阀门 QX－75ＶＰＭ（节能20％）', summary: 'Straße\u200b１' })
  await put({ title: '阀门 QX-76VPM 普通', summary: '' })
  for (const q of [
    'qx-75vpm',
    'ＱＸ－75',
    '\u202aqx-75\u200bvpm\u202c',
    '(节能20%)',
    '（节能２０％）\u3000阀门',
    'STRASSE1',
  ])
    expect([q, await found({ q })]).toEqual([q, ['阀门 QX－75ＶＰＭ（节能20％）']])
  // What means nothing finds as much as no search at all; a sign of SQL is a sign.
  expect((await found({ q: '\u200b\u3000' })).length).toBeGreaterThan(1)
  expect(await found({ q: '％％' })).toEqual([])
})

async function htmlOf(html: string): Promise<string> {
  const { id } = await put({ body: { kind: 'article', html } })
  const { body } = await app.call(getMaterial, { params: { id } }, rep)
  return body.kind === 'article' ? body.html : ''
}
async function found(query: {
  q?: string
  category?: string
  kind?: 'article' | 'image' | 'link'
}): Promise<string[]> {
  return (await app.call(listMaterials, { query }, rep)).items.map(({ title }) => title)
}

/** Returns every id of the library, newest first. `meanwhile` runs after the first page. */
async function everything(limit: number, meanwhile?: () => Promise<unknown>): Promise<string[]> {
  const ids: string[] = []
  let before: string | null = null
  do {
    const page: Reply<typeof listMaterials> = await app.call(
      listMaterials,
      { query: { limit: String(limit), ...(before !== null && { before }) } },
      rep,
    )
    if (ids.length === 0) await meanwhile?.()
    ids.push(...page.items.map(({ id }) => id))
    before = page.next
  } while (before !== null)
  return ids
}

describe('an article', () => {
  test.each([
    ['a script', '<p>前<script>alert(1)</script>后</p>', '<p>前后</p>'],
    ['a handler', '<p onclick="alert(1)" onmouseover=alert(2)>字</p>', '<p>字</p>'],
    ['a javascript: link', '<a href="java\tscript:alert(1)">点我</a>', '<span>点我</span>'],
    [
      'a data: link',
      '<a href="data:text/html,<script>alert(1)</script>">点我</a>',
      '<span>点我</span>',
    ],
    ['a link without a scheme', '<a href="//evil.example/x">点我</a>', '<span>点我</span>'],
    [
      'a style that covers the page',
      '<p style="position:fixed;inset:0">字</p><style>*{display:none}</style>',
      '<p>字</p>',
    ],
    ['a frame', '<iframe src="https://evil.example"></iframe><p>字</p>', '<p>字</p>'],
    ['a form', '<form action="https://evil.example"><input name="a">字</form>', '字'],
    [
      'SVG and MathML tricks',
      '<svg><a xlink:href="javascript:alert(1)">x</a></svg><math><mtext><img src=x onerror=alert(1)></mtext></math>',
      '',
    ],
    [
      'a foreign picture, which would tell who reads',
      '<p>字<img src="https://evil.example/pixel.png"></p>',
      '<p>字<span></span></p>',
    ],
    ['an unclosed tag', '<p>字<img src=x onerror="alert(1)"', '<p>字</p>'],
    [
      'entities that unpack',
      '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>',
      '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>',
    ],
  ])('cannot bring %s', async (_, html, kept) => {
    expect(await htmlOf(html)).toBe(kept)
  })

  test('keeps its text in any script, its tables and its links', async () => {
    const html =
      '<h2>أسعار 😀 𠮷</h2><table><tr><td colspan="2">一</td></tr></table><ul><li><strong>二</strong></li></ul>'
    expect(await htmlOf(html)).toBe(html)
    expect(await htmlOf('<a href="https://example.com/?a=1&amp;b=2" target="_blank">看</a>')).toBe(
      '<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer">看</a>',
    )
  })

  test('shows our own public pictures, with their size, from an address that works anywhere', async () => {
    const { id } = await keepPicture(app.ctx, app.corpId, 'figure', picture)
    const shown = `<img src="${app.ctx.config.publicUrl}/files/${id}" alt="图" width="1" height="1" />`
    expect(await htmlOf(`<img src="/files/${id}" alt="图" onload="alert(1)">`)).toBe(shown)
    expect(await htmlOf('<img src="/files/0193a3c4-0000-7000-8000-000000000001">')).toBe(
      '<span></span>',
    )
  })

  test('shows each of its pictures, in their order, as often as they stand there', async () => {
    const red = await keepPicture(app.ctx, app.corpId, 'red', await plain('red', 30, 20))
    const blue = await keepPicture(app.ctx, app.corpId, 'blue', await plain('blue', 10, 40))
    const shown = await htmlOf(
      `<p>一<img src="/files/${blue.id}"></p><img alt="x" data-src="/files/${red.id}" src="/files/${red.id}"><img src="/files/${blue.id}">`,
    )
    const address = (id: string) => `src="${app.ctx.config.publicUrl}/files/${id}"`
    expect(shown.match(/src="[^"]*"/g)).toEqual([blue.id, red.id, blue.id].map(address))
    expect(shown.match(/width="\d+" height="\d+"/g)).toEqual([
      'width="10" height="40"',
      'width="30" height="20"',
      'width="10" height="40"',
    ])
  })

  test('without a cover of its own takes its first picture, whichever was uploaded first', async () => {
    const red = await keepPicture(app.ctx, app.corpId, 'red', await plain('red', 30, 20))
    const blue = await keepPicture(app.ctx, app.corpId, 'blue', await plain('blue', 30, 20))
    for (const [first, second, channel] of [
      [red, blue, 'r'],
      [blue, red, 'b'],
    ] as const) {
      const html = `<img src="/files/${first.id}"><img src="/files/${second.id}">`
      const { id } = await put({ cover: null, body: { kind: 'article', html } })
      const { cover } = await app.call(getMaterial, { params: { id } }, rep)
      const bytes = Buffer.from(await (await fetch(cover?.url ?? '')).arrayBuffer())
      expect((await sharp(bytes).stats()).dominant[channel]).toBeGreaterThan(200)
    }
  })

  test('shows no picture of another corp and no private photo, beside one of its own', async () => {
    const own = await keepPicture(app.ctx, app.corpId, 'own', picture)
    const foreign = await keepPicture(app.ctx, 'wwother00000', 'foreign', picture)
    const secret = await keepImage(app.ctx, {
      corpId: app.corpId,
      name: 'photo',
      bytes: picture,
      access: 'private',
      ownerIdentityId: null,
    })
    const html = [foreign, own, secret].map(({ id }) => `<img src="/files/${id}">`).join('')
    const shown = await htmlOf(html)
    expect(shown).toContain(own.id)
    expect(shown).not.toContain(foreign.id)
    expect(shown).not.toContain(secret.id)
  })

  // A reader that goes back for each picture would need hours for these.
  test.each([
    ['pictures that never end', '<img '.repeat(99_999)],
    ['pictures that end at last', `${'<img '.repeat(90_000)}src="/files/x">`],
    ['ten thousand pictures', `<img src="/files/${unknownFile}">`.repeat(9_000)],
    ['end tags of nothing', `${'<b>'.repeat(400)}${'</i>'.repeat(120_000)}${'</b>'.repeat(400)}`],
    ['signs that open nothing', '<'.repeat(499_999)],
    ['comments without end', '<!--'.repeat(120_000)],
  ])('of %s is read in one pass', async (_, html) => {
    expect(await htmlOf(html)).not.toContain('<img')
  })

  test.each([
    ['more than half a million characters', '字'.repeat(500_001), 'characters'],
    ['too many open elements', '<b>'.repeat(501), 'open at once'],
    ['open elements behind wrong end tags', '<p><h2></p>'.repeat(501), 'open at once'],
  ])('with %s is refused, and the field is named', async (_, html, reason) => {
    await expect(put({ body: { kind: 'article', html } })).rejects.toMatchObject({
      code: 'invalid_request',
      extras: { errors: [{ field: 'body.html', message: expect.stringContaining(reason) }] },
    })
  })

  test('may be as long and as deep as the limits say', async () => {
    const text = '字'.repeat(500_000 - 500 * 7)
    expect(await htmlOf(`${'<b>'.repeat(500)}${text}${'</b>'.repeat(500)}`)).toContain(text)
  })
})

describe('publishing', () => {
  test('cuts a cover to the shape of a card, from its top, also when it must be taken from the material', async () => {
    const tall = sharp({ create: { width: 90, height: 300, channels: 3, background: 'blue' } })
    const top = await sharp({ create: { width: 90, height: 80, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const poster = await tall
      .composite([{ input: top, left: 0, top: 0 }])
      .webp()
      .toBuffer()
    const { id } = await put({ cover: null, body: { kind: 'image', bytes: poster } })
    const { cover, body } = await app.call(getMaterial, { params: { id } }, rep)
    expect(cover).toMatchObject({ width: 800, height: 640 })
    expect(body).toMatchObject({ image: { width: 90, height: 300 } })
    const shown = sharp(Buffer.from(await (await fetch(cover?.url ?? '')).arrayBuffer()))
    expect((await shown.metadata()).format).toBe('jpeg')
    const { r, b } = (await shown.stats()).dominant
    expect([r > 200, b < 60]).toEqual([true, true])
  })

  test('draws every page of a document, and two documents at once at most', async () => {
    const content = '0 0 50 50 re f'
    const bytes = pdf([{ content }, { content, size: [300, 200] }])
    let most = 0
    const watch = setInterval(() => {
      const running = process.getActiveResourcesInfo().filter((one) => one === 'ProcessWrap')
      most = Math.max(most, running.length)
    }, 5)
    const body = { kind: 'file', name: '点检.pdf', bytes } as const
    const rows = await Promise.all([1, 2, 3].map(() => put({ cover: null, body })))
    clearInterval(watch)
    expect(most).toBe(2)
    for (const { id } of rows) {
      const { body } = await app.call(getMaterial, { params: { id } }, rep)
      const pages = body.kind === 'file' ? body.pages : []
      expect(pages.map(({ width, height }) => [width, height])).toEqual([
        [1080, 1620],
        [1620, 1080],
      ])
    }
  })

  test.each([
    [
      'a text that is called a PDF',
      { body: { kind: 'file', name: 'a.pdf', bytes: Buffer.from('hello') } },
      'file_type_refused',
    ],
    [
      'half a PDF',
      { body: { kind: 'file', name: 'a.pdf', bytes: Buffer.from('%PDF-1.7\n1 0 obj\n<<') } },
      'document_refused',
    ],
    [
      'a text that is called a film',
      { body: { kind: 'video', bytes: Buffer.from('hello'), seconds: 3, poster: null } },
      'file_type_refused',
    ],
    [
      'a link to a script',
      { body: { kind: 'link', url: 'javascript:alert(1)' } },
      'invalid_request',
    ],
    ['no title', { title: '   ' }, 'invalid_request'],
    [
      'a link without a cover',
      { cover: null, body: { kind: 'link', url: 'https://example.com' } },
      'invalid_request',
    ],
  ] satisfies [string, Partial<MaterialDraft>, string][])('refuses %s', async (_, draft, code) => {
    await expect(put(draft)).rejects.toMatchObject({ code })
  })
})

describe('the library', () => {
  let manuals: string

  beforeAll(async () => {
    const categories = await ensureCategories(app.ctx, app.corpId, ['手册', '空的'])
    manuals = categories.get('手册') ?? ''
    await put({
      title: '螺杆空压机节能 100% 指南',
      summary: '省电_方案 LC-75',
      categoryId: manuals,
    })
    await put({
      title: '节能 100 问',
      summary: '省电方案',
      categoryId: manuals,
      body: { kind: 'link', url: 'https://example.com/a' },
    })
    await put({ title: 'C:\\folder', summary: 'كيف توفر الطاقة 😀' })
  })

  test.each([
    ['螺杆', ['螺杆空压机节能 100% 指南']],
    ['压机节', ['螺杆空压机节能 100% 指南']],
    ['100%', ['螺杆空压机节能 100% 指南']],
    ['电_方', ['螺杆空压机节能 100% 指南']],
    ['lc-75', ['螺杆空压机节能 100% 指南']],
    ['节能 省电', ['节能 100 问', '螺杆空压机节能 100% 指南']],
    ['省电 问', ['节能 100 问']],
    ['\\', ['C:\\folder']],
    ['توفر', ['C:\\folder']],
    ['😀', ['C:\\folder']],
    ['没有这样的', []],
  ])('finds %s by its words, and takes every sign as it stands', async (q, titles) => {
    expect(await found({ q })).toEqual(titles)
  })

  test('is narrowed by category and kind', async () => {
    expect(await found({ category: manuals })).toEqual(['节能 100 问', '螺杆空压机节能 100% 指南'])
    expect(await found({ category: manuals, kind: 'link' })).toEqual(['节能 100 问'])
    const { items } = await app.call(listCategories, {}, rep)
    expect(items.map(({ name, count }) => [name, count])).toEqual([
      ['手册', 2],
      ['空的', 0],
    ])
  })

  test('is read page by page without gaps or repetitions, while others publish', async () => {
    const all = await everything(50)
    expect(await everything(4, () => put({ title: '新来的' }))).toEqual(all)
    await expect(
      app.call(listMaterials, { query: { before: 'nonsense' } }, rep),
    ).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('is for members; another corp has its own', async () => {
    const { identityId } = await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx5e1f8c27d90b643a',
      openid: 'oReader',
    })
    await expect(
      app.call(listMaterials, { query: {} }, app.visitor(identityId)),
    ).rejects.toMatchObject({ code: 'forbidden' })
    const { id } = await publish(app.ctx, {
      corpId: 'wwother00000',
      title: '别人的',
      summary: '',
      categoryId: null,
      cover: picture,
      body: { kind: 'image', bytes: picture },
    })
    await expect(app.call(getMaterial, { params: { id } }, rep)).rejects.toMatchObject({
      code: 'material_unknown',
    })
    await expect(app.call(openShare, { params: { id } }, rep)).rejects.toMatchObject({
      code: 'share_unknown',
    })
  })
})
