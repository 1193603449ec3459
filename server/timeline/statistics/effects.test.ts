import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listMaterials } from '../../../shared/contract/materials.ts'
import { chooseTracking, privacyTextVersion } from '../../../shared/contract/privacy.ts'
import { materialStatistics, shareStatistics } from '../../../shared/contract/statistics.ts'
import { track } from '../../../shared/contract/track.ts'
import {
  makeContact,
  makeMaterial,
  makeShare,
  makeVisitor,
  type TestVisitor,
} from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { rollUpNow } from './roll-up.ts'

let app: TestApp

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

async function read(reader: TestVisitor, shareId: string, reached: number | null): Promise<void> {
  const occurredAt = app.clock.now().toISOString()
  const event = {
    id: app.ctx.random.id(),
    kind: 'view.progress',
    occurredAt,
    visitId: app.ctx.random.id(),
    shareId,
    activeSeconds: 4,
    ...(reached !== null && { depth: { unit: 'percent', reached, total: 100 } }),
  }
  const { refused } = await app.call(
    track,
    { body: { sentAt: occurredAt, events: [event] } },
    reader.as,
  )
  expect(refused).toEqual([])
}

/** A reader who is a known contact of these members. */
async function knownReader(name: string, followers: string[]): Promise<TestVisitor> {
  const unionid = `oUnionEffect${app.ctx.random.token(8)}`
  await makeContact(app, { name, followers, unionid })
  return makeVisitor(app, { unionid })
}

async function choose(reader: TestVisitor, agreed: boolean): Promise<void> {
  const body = { agreed, textVersion: privacyTextVersion, locale: 'zh-CN' as const }
  await app.call(chooseTracking, { body }, reader.as)
}

async function effectOf(materialId: string, member = 'ZhouXiaolan') {
  const { items } = await app.call(listMaterials, { query: { limit: '50' } }, app.member(member))
  return items.find(({ id }) => id === materialId)?.effect
}

describe('a row of the library', () => {
  test('says how many opened it, how many finished it, and which own customers got furthest', async () => {
    const materialId = await makeMaterial(app)
    const other = await makeMaterial(app)
    const [share, second] = [
      await makeShare(app, { materialId }),
      await makeShare(app, { materialId }),
    ]
    const [lilei, wang, chen] = [
      await knownReader('李雷', ['ZhouXiaolan']),
      await knownReader('王强', ['ZhouXiaolan', 'HanXue']),
      await knownReader('陈静', ['ZhouXiaolan']),
    ]
    const foreign = await knownReader('别人的客户', ['HanXue'])
    const stranger = await makeVisitor(app)
    expect(await effectOf(materialId)).toEqual({ opens: 0, people: 0, finished: null, best: [] })

    await read(lilei, share, 80)
    await read(lilei, second, 95)
    await read(wang, share, 100)
    await read(chen, share, 30)
    await read(foreign, share, 100)
    await read(stranger, share, 10)
    const figures = { opens: 6, people: 5, finished: 2 }
    expect(await effectOf(materialId)).toMatchObject(figures)
    await rollUpNow(app.ctx)
    expect(await effectOf(materialId)).toEqual({
      ...figures,
      best: [
        { name: '王强', tenths: 10 },
        { name: '李雷', tenths: 9 },
      ],
    })
    expect((await effectOf(materialId, 'HanXue'))?.best.map(({ name }) => name).sort()).toEqual(
      ['别人的客户', '王强'].sort(),
    )
    expect(await effectOf(other)).toEqual({ opens: 0, people: 0, finished: null, best: [] })
  })

  test('names no reader whose opt-out lasts, and still counts them; another reader keeps the name', async () => {
    const materialId = await makeMaterial(app)
    const share = await makeShare(app, { materialId })
    const lilei = await knownReader('李雷', ['ZhouXiaolan'])
    const wang = await knownReader('王强', ['ZhouXiaolan'])
    await read(lilei, share, 100)
    await read(wang, share, 50)
    await rollUpNow(app.ctx)
    const [first, second] = [
      { name: '李雷', tenths: 10 },
      { name: '王强', tenths: 5 },
    ]
    const figures = { opens: 2, people: 2, finished: 1 }
    expect(await effectOf(materialId)).toEqual({ ...figures, best: [first, second] })
    await choose(lilei, false)
    expect(await effectOf(materialId)).toEqual({ ...figures, best: [second] })
    await choose(wang, false)
    expect(await effectOf(materialId)).toEqual({ ...figures, best: [] })
    await choose(lilei, true)
    expect(await effectOf(materialId)).toEqual({ ...figures, best: [first] })
  })

  test('names nobody by an answer of WeCom that is older than a day', async () => {
    const materialId = await makeMaterial(app)
    await read(await knownReader('李雷', ['ZhouXiaolan']), await makeShare(app, { materialId }), 60)
    await rollUpNow(app.ctx)
    // The clock runs on while the test works, so a minute stands on each side of the day.
    app.clock.advance((24 * 60 - 1) * 60_000)
    expect((await effectOf(materialId))?.best).toHaveLength(1)
    app.clock.advance(60_000)
    expect(await effectOf(materialId)).toMatchObject({ people: 1, best: [] })
  })

  test('says nothing of a depth where none is measured', async () => {
    const materialId = await makeMaterial(app)
    await read(await makeVisitor(app), await makeShare(app, { materialId }), null)
    await rollUpNow(app.ctx)
    expect(await effectOf(materialId)).toEqual({ opens: 1, people: 1, finished: null, best: [] })
  })

  test('costs one look by index among 10,000 readers, and counts a thousand of them', async () => {
    const materialId = await makeMaterial(app)
    const shareId = await makeShare(app, { materialId })
    const { $client } = app.db
    await $client.query(
      `with made as (
        insert into persons (id, corp_id, created_at)
        select gen_random_uuid(), $1, now() from generate_series(1, 10000) returning id
      ), known as (
        insert into identities (id, corp_id, kind, scope, value, person_id, joined_by,
          joined_at, created_at)
        select gen_random_uuid(), $1, 'openid', 'wxbusy', id::text, id, 'first_seen', now(), now()
        from made returning id
      )
      insert into readers (share_id, identity_id, material_id, opens, depth)
      select $2, id, $3, 1, 5 from known`,
      [app.corpId, shareId, materialId],
    )
    await $client.query('analyze readers, identities')
    const begun = performance.now()
    const effect = await effectOf(materialId)
    const took = performance.now() - begun
    expect(effect).toMatchObject({ people: 1_000, finished: 0 })
    // Without the limits this took seconds for a page of such materials.
    expect(took).toBeLessThan(2_000)
    const { rows } = await $client.query<{ 'QUERY PLAN': string }>(
      `explain select identity_id from readers where material_id = $1 and depth is not null
        order by depth desc limit 50`.replace('$1', `'${materialId}'`),
    )
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('readers_furthest')
  })
})

describe('the only reader', () => {
  test('is named when the member follows them; two readers are figures again', async () => {
    const materialId = await makeMaterial(app)
    const share = await makeShare(app, { materialId })
    const ofMaterial = (member: string) =>
      app.call(materialStatistics, { params: { id: materialId } }, app.member(member))
    expect((await ofMaterial('ZhouXiaolan')).onlyReader).toBeNull()
    const lilei = await knownReader('李雷', ['ZhouXiaolan'])
    await read(lilei, share, 80)
    await read(lilei, share, 20)
    for (const turn of ['before', 'after']) {
      const named = await ofMaterial('ZhouXiaolan')
      expect(named, turn).toMatchObject({ opens: 2, people: 1, onlyReader: { name: '李雷' } })
      expect((await ofMaterial('HanXue')).onlyReader, turn).toEqual({ name: null })
      await rollUpNow(app.ctx)
    }
    const own = app.call(shareStatistics, { params: { id: share } }, app.member('ZhouXiaolan'))
    expect((await own).onlyReader).toEqual({ name: '李雷' })
    await read(await makeVisitor(app), share, 10)
    expect((await ofMaterial('ZhouXiaolan')).onlyReader).toBeNull()
  })

  test('has no name while their opt-out lasts, before and after the roll-up; another’s changes nothing', async () => {
    const materialId = await makeMaterial(app)
    const share = await makeShare(app, { materialId })
    const lilei = await knownReader('李雷', ['ZhouXiaolan'])
    const wang = await knownReader('王强', ['ZhouXiaolan'])
    await read(lilei, share, 80)
    const figures = async () => {
      const params = { id: materialId }
      return app.call(materialStatistics, { params }, app.member('ZhouXiaolan'))
    }
    for (const turn of ['before', 'after']) {
      await choose(wang, false)
      expect((await figures()).onlyReader, turn).toEqual({ name: '李雷' })
      await choose(lilei, false)
      expect(await figures(), turn).toMatchObject({ people: 1, onlyReader: { name: null } })
      await choose(lilei, true)
      expect((await figures()).onlyReader, turn).toEqual({ name: '李雷' })
      await rollUpNow(app.ctx)
    }
  })
})
