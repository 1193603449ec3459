import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listCategories, listMaterials, getMaterial } from '../../shared/contract/materials.ts'
import { findEquipment } from '../../shared/contract/workorders.ts'
import { contactSeen } from '../identity/index.ts'
import { publish } from '../materials/index.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { catalogue } from './catalogue.ts'
import { seedDemo } from './seed.ts'

describe('the demonstration catalogue', () => {
  let one: TestApp
  let other: TestApp

  beforeAll(async () => {
    one = await makeTestApp()
    other = await makeTestApp({ beside: one })
    await Promise.all([seedDemo(one.ctx), seedDemo(other.ctx)])
  })
  afterAll(async () => {
    await other.stop()
    await one.stop()
  })

  test('is seeded once when two servers start at the same moment', async () => {
    const { items } = await one.call(listMaterials, { query: { limit: '50' } }, one.member('rep'))
    expect(items.map(({ title }) => title)).toEqual(catalogue.map(({ title }) => title))
    expect(await seedDemo(one.ctx)).toBe(0)
  })

  test('has every kind of material, each with a cover and words, in six categories that say how many they hold', async () => {
    const { items } = await one.call(listMaterials, { query: { limit: '50' } }, one.member('rep'))
    expect(new Set(items.map(({ kind }) => kind))).toEqual(
      new Set(['article', 'file', 'image', 'video', 'link']),
    )
    expect(
      items.filter(({ cover, summary }) => !cover || cover.width !== 800 || summary === ''),
    ).toEqual([])
    const categories = (await one.call(listCategories, {}, one.member('rep'))).items
    expect(categories).toHaveLength(6)
    expect(categories.reduce((sum, { count }) => sum + count, 0)).toBe(catalogue.length)
  })

  test('holds a PDF as pages to look at and a film to seek in', async () => {
    const bodies = await Promise.all(
      (await one.call(listMaterials, { query: { limit: '50' } }, one.member('rep'))).items.map(
        ({ id }) => one.call(getMaterial, { params: { id } }, one.member('rep')),
      ),
    )
    const [brochure] = bodies.flatMap(({ body }) => (body.kind === 'file' ? body : []))
    expect(brochure?.pages).toHaveLength(6)
    expect(brochure?.pages[0]).toMatchObject({ width: 1080 })
    const page = await fetch(brochure?.pages[0]?.url ?? '')
    expect(page.headers.get('content-type')).toBe('image/webp')
    const [film] = bodies.flatMap(({ body }) => (body.kind === 'video' ? body : []))
    const part = await fetch(film?.videoUrl ?? '', { headers: { Range: 'bytes=1000-1999' } })
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 1000])
    expect(
      bodies.filter(({ body }) => body.kind === 'article' && !body.html.includes('<h2>')),
    ).toEqual([])
  })

  test('brings the machines whose labels the demonstration shows', async () => {
    const { identityId } = await contactSeen(one.ctx, {
      corpId: one.corpId,
      externalUserId: 'wmSomebody',
    })
    const machine = await one.call(
      findEquipment,
      { query: { sn: 'lc-2024-0815 ' } },
      one.visitor(identityId),
    )
    expect(machine).toMatchObject({ sn: 'LC-2024-0815', place: '一号空压站' })
  })

  test('is completed when an earlier start was cut off, and left alone once the library holds something else', async () => {
    await one.db.$client.query("delete from materials where kind = 'link'")
    expect(await seedDemo(one.ctx)).toBe(1)
    await publish(one.ctx, {
      corpId: one.corpId,
      title: '自己的文章',
      summary: '',
      categoryId: null,
      cover: null,
      body: { kind: 'image', bytes: onePixel },
    })
    await one.db.$client.query("delete from materials where kind = 'link'")
    expect(await seedDemo(one.ctx)).toBe(0)
  })
})

const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
