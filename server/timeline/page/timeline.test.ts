import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CallInput } from '../../../shared/contract/endpoint.ts'
import { listMoments, type Moment } from '../../../shared/contract/timeline.ts'
import { track } from '../../../shared/contract/track.ts'
import { transact } from '../../base/db/database.ts'
import { undoMerge, visitorSeen } from '../../identity/index.ts'
import { merges } from '../../identity/tables.ts'
import {
  makeContact,
  makeMaterial,
  makeShare,
  makeVisitor,
  type TestContact,
  type TestVisitor,
} from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { knowsContact, readPermission } from '../../persons/index.ts'
import { record } from '../index.ts'
import { pageSql } from './queries.ts'

let app: TestApp

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

async function view(
  visitor: TestVisitor,
  shareId: string,
  { occurredAt = app.clock.now() }: { occurredAt?: Date } = {},
): Promise<string> {
  const visitId = app.ctx.random.id()
  const event = {
    id: app.ctx.random.id(),
    kind: 'view.progress',
    occurredAt: occurredAt.toISOString(),
    visitId,
    shareId,
    activeSeconds: 5,
  }
  const reply = await app.call(
    track,
    { body: { sentAt: app.clock.now().toISOString(), events: [event] } },
    visitor.as,
  )
  expect(reply.refused).toEqual([])
  return visitId
}

async function page(
  personId: string,
  query: NonNullable<CallInput<typeof listMoments>['query']> = {},
  member = 'ZhouXiaolan',
) {
  return app.call(listMoments, { params: { id: personId }, query }, app.member(member))
}

function gist(items: readonly Moment[]) {
  return items.map(({ id, confirmed }) => ({ id, confirmed }))
}

function unionid(): string {
  return `oUnionTimeline${app.ctx.random.token(8)}`
}

/** The next sign-in of the visitor brings the unionid of the contact. */
async function identify(visitor: TestVisitor, unionid: string) {
  return visitorSeen(app.ctx, {
    corpId: app.corpId,
    appId: 'wx5e1f8c27d90b643a',
    openid: visitor.openid,
    unionid,
  })
}

describe('whose moments a timeline holds', () => {
  test('what came through a share to the contact is shown, marked unconfirmed', async () => {
    const contact = await makeContact(app)
    const visitor = await makeVisitor(app)
    const visit = await view(visitor, await makeShare(app, { to: contact }))
    const { items } = await page(contact.personId)
    expect(gist(items)).toEqual([{ id: visit, confirmed: false }])
    expect(items[0]?.identity.kind).toBe('openid')
  })

  test('an identity that proves the reader confirms it, and brings what it did before', async () => {
    const contact = await makeContact(app, { unionid: unionid() })
    const uid = unionid()
    const known = await makeContact(app, { unionid: uid })
    const visitor = await makeVisitor(app)
    const before = await view(visitor, await makeShare(app))
    const through = await view(visitor, await makeShare(app, { to: known }))
    expect(gist((await page(known.personId)).items)).toEqual([{ id: through, confirmed: false }])
    await identify(visitor, uid)
    const [told, ...earlier] = (await page(known.personId)).items
    expect(told).toMatchObject({
      kind: 'contact.joined',
      confirmed: true,
      identity: { id: visitor.identityId },
    })
    expect(gist(earlier)).toEqual([
      { id: through, confirmed: true },
      { id: before, confirmed: true },
    ])
    expect((await page(contact.personId)).items).toEqual([])
  })

  test('an identity without a past joins without a word', async () => {
    const uid = unionid()
    const contact = await makeContact(app, { unionid: uid })
    await makeVisitor(app, { unionid: uid })
    expect((await page(contact.personId)).items).toEqual([])
  })

  test('undoing the merge takes it back', async () => {
    const uid = unionid()
    const contact = await makeContact(app, { unionid: uid })
    const visitor = await makeVisitor(app)
    const visit = await view(visitor, await makeShare(app))
    await identify(visitor, uid)
    expect(gist((await page(contact.personId)).items)).toContainEqual({
      id: visit,
      confirmed: true,
    })
    const merge = (await app.db.select().from(merges)).find(
      ({ mergedPersonId }) => mergedPersonId === visitor.personId,
    )
    await undoMerge(app.ctx, { corpId: app.corpId, mergeId: merge?.id ?? '' })
    expect((await page(contact.personId)).items).toEqual([])
  })

  test('a share that another contact opened is that contact’s moment, and not the first one’s', async () => {
    const uid = unionid()
    const addressee = await makeContact(app)
    const reader = await makeContact(app, { unionid: uid })
    const visitor = await makeVisitor(app, { unionid: uid })
    const visit = await view(visitor, await makeShare(app, { to: addressee }))
    expect((await page(addressee.personId)).items).toEqual([])
    const [moment] = (await page(reader.personId)).items
    expect(moment).toMatchObject({
      id: visit,
      confirmed: true,
      share: { contactName: addressee.name },
    })
  })

  test('an address from before a merge leads to the person it was merged into', async () => {
    const uid = unionid()
    const contact = await makeContact(app, { unionid: uid })
    const visitor = await makeVisitor(app)
    const visit = await view(visitor, await makeShare(app))
    await identify(visitor, uid)
    for (const { personId } of [visitor, contact]) {
      expect(gist((await page(personId, { kind: 'material.view' })).items)).toEqual([
        { id: visit, confirmed: true },
      ])
    }
  })
})

describe('who may read', () => {
  test('only a member who follows the contact', async () => {
    const contact = await makeContact(app, { followers: ['HanXue'] })
    await expect(page(contact.personId)).rejects.toMatchObject({
      code: 'contact_not_followed',
      status: 403,
    })
    await expect(page(contact.personId, {}, 'HanXue')).resolves.toMatchObject({ items: [] })
  })

  test('nobody reads a visitor whom nothing links to a contact, nor a person who does not exist', async () => {
    await expect(page((await makeVisitor(app)).personId)).rejects.toMatchObject({
      code: 'contact_not_followed',
    })
    await expect(page(app.ctx.random.id())).rejects.toMatchObject({
      code: 'person_unknown',
      status: 404,
    })
  })

  test('a visitor does not read timelines', async () => {
    const visitor = await makeVisitor(app)
    await expect(
      app.call(listMoments, { params: { id: visitor.personId }, query: {} }, visitor.as),
    ).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('a page', () => {
  test('leads to the next without leaving out or repeating, also where many moments share one time', async () => {
    const uid = unionid()
    const contact = await makeContact(app, { unionid: uid })
    const visitor = await makeVisitor(app, { unionid: uid })
    const other = await makeVisitor(app)
    const [pushed, group] = [await makeShare(app, { to: contact }), await makeShare(app)]
    const occurredAt = app.clock.now()
    const visits = []
    for (let count = 0; count < 7; count += 1)
      visits.push(
        await view(visitor, count % 2 ? pushed : group, { occurredAt }),
        await view(other, pushed, { occurredAt }),
      )
    const seen: string[] = []
    let before: string | undefined
    do {
      const { items, next } = await page(contact.personId, {
        limit: '4',
        ...(before && { before }),
      })
      expect(items.length).toBeLessThanOrEqual(4)
      seen.push(...items.map(({ id }) => id))
      before = next ?? undefined
    } while (before)
    expect(seen).toHaveLength(visits.length)
    expect(new Set(seen)).toEqual(new Set(visits))
  })

  test('may hold only some kinds', async () => {
    const { contact, visitor, share } = await confirmedReader()
    await view(visitor, share)
    const id = app.ctx.random.id()
    await transact(app.db, (tx) =>
      record(app.ctx, tx, {
        id,
        corpId: app.corpId,
        identityId: visitor.identityId,
        kind: 'contact.joined',
        occurredAt: app.clock.now(),
      }),
    )
    expect(
      gist((await page(contact.personId, { kind: 'contact.joined,menu.click' })).items),
    ).toEqual([{ id, confirmed: true }])
    await expect(page(contact.personId, { kind: 'nonsense' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  test('may hold only one material, what one member pushed, or what happened within a time', async () => {
    const uid = unionid()
    const contact = await makeContact(app, { unionid: uid })
    const visitor = await makeVisitor(app, { unionid: uid })
    const materialId = await makeMaterial(app)
    const hour = (hours: number) => new Date(app.clock.now().getTime() - hours * 3_600_000)
    const ofMaterial = await view(visitor, await makeShare(app, { materialId }), {
      occurredAt: hour(3),
    })
    const ofOther = await view(visitor, await makeShare(app, { memberUserId: 'HanXue' }), {
      occurredAt: hour(2),
    })
    const lately = await view(visitor, await makeShare(app), { occurredAt: hour(1) })
    const ids = async (query: Parameters<typeof page>[1]) =>
      (await page(contact.personId, query)).items.map(({ id }) => id)
    expect(await ids({ material: materialId })).toEqual([ofMaterial])
    expect(await ids({ member: 'HanXue' })).toEqual([ofOther])
    // A client applies the same filter to the live stream, using the moment's own fields.
    expect((await page(contact.personId)).items.map(({ share }) => share?.memberUserId)).toEqual([
      'ZhouXiaolan',
      'HanXue',
      'ZhouXiaolan',
    ])
    expect(await ids({ from: hour(2.5).toISOString() })).toEqual([lately, ofOther])
    expect(await ids({ from: hour(2.5).toISOString(), to: hour(1.5).toISOString() })).toEqual([
      ofOther,
    ])
    expect(
      await ids({ kind: 'material.view', member: 'ZhouXiaolan', to: hour(1.5).toISOString() }),
    ).toEqual([ofMaterial])
    expect(await ids({ material: app.ctx.random.id() })).toEqual([])
    await expect(page(contact.personId, { from: 'yesterday' })).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
    })
  })

  test('is refused with a cursor that is none', async () => {
    const { contact } = await confirmedReader()
    await expect(page(contact.personId, { before: 'x' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  test('shows the texts of materials and people as they were written', async () => {
    const uid = unionid()
    const contact = await makeContact(app, { name: '‏محمد 👩‍🔧', unionid: uid })
    const visitor = await makeVisitor(app, { unionid: uid })
    await view(visitor, await makeShare(app, { to: contact }))
    const [moment] = (await page(contact.personId)).items
    expect(moment?.share?.contactName).toBe('‏محمد 👩‍🔧')
  })
})

describe('a moment and its cause', () => {
  test('are kept together or not at all', async () => {
    const { contact, visitor } = await confirmedReader()
    const id = app.ctx.random.id()
    const draft = {
      id,
      corpId: app.corpId,
      identityId: visitor.identityId,
      kind: 'workorder.submit' as const,
      occurredAt: app.clock.now(),
    }
    const failing = transact(app.db, async (tx) => {
      await record(app.ctx, tx, draft)
      throw new Error('the cause failed')
    })
    await expect(failing).rejects.toThrow('the cause failed')
    expect((await page(contact.personId)).items).toEqual([])
    await transact(app.db, (tx) => record(app.ctx, tx, draft))
    await transact(app.db, (tx) => record(app.ctx, tx, draft))
    expect((await page(contact.personId)).items).toHaveLength(1)
  })
})

test('a page of a history of 10,000 moments reads a page, not the history', async () => {
  const { contact, visitor } = await confirmedReader()
  const at = app.clock.now().getTime()
  const history = (identityId: string, length: number, target: string) =>
    app.db.$client.query(
      `insert into moments (id, corp_id, identity_id, target_identity_id, kind,
         occurred_at, updated_at)
       select gen_random_uuid(), 'ww', $1, ${target}, 'material.view',
         $3::timestamptz - count * interval '1 minute', $3
       from generate_series(1, $2) as count`,
      [identityId, length, new Date(at)],
    )
  await history(
    visitor.identityId,
    10_000,
    `case when count % 2 = 0 then '${contact.identityId}'::uuid end`,
  )
  // Other people did little, so the planner expects no busy one.
  for (let other = 0; other < 30; other += 1)
    await history((await makeVisitor(app)).identityId, 20, 'null')
  await app.db.$client.query('analyze')

  const rep = { corpId: app.corpId, userId: 'ZhouXiaolan' }
  const client = await app.db.$client.connect()
  try {
    // The server does the same after a few calls: one plan for all parameters.
    await client.query('set plan_cache_mode = force_generic_plan')
    await client.query(
      `prepare page (uuid, timestamptz, uuid, text[], uuid, text, timestamptz, timestamptz, uuid[], text, timestamptz, text, text, timestamptz) as ${pageSql(21, plain, { identityIds: null, knowsContact: knowsContact(app.ctx, rep) }, readPermission(app.ctx, rep))}`,
    )
    for (const before of ['infinity', new Date(at - 5_000 * 60_000).toISOString()]) {
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `explain (analyze, timing off, format json) execute page ('${contact.personId}', '${before}', 'ffffffff-ffff-ffff-ffff-ffffffffffff', null, null, null, null, null, null, 'ZhouXiaolan', '2000-01-01', '${app.corpId}', 'ZhouXiaolan', '2000-01-01')`,
      )
      const nodes = flatten(rows[0]?.['QUERY PLAN'][0].Plan)
      const scans = nodes.filter((node) => node['Relation Name'] === 'moments')
      expect(scans.length).toBeGreaterThan(0)
      expect(scans.map((node) => node['Node Type'])).not.toContain('Seq Scan')
      const read = scans.reduce(
        (sum, node) =>
          sum +
          (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
        0,
      )
      // Twice 21 from the two halves, and each row of the page once more by its id.
      expect(read).toBeGreaterThanOrEqual(21)
      expect(read).toBeLessThan(150)
    }
  } finally {
    client.release(true)
  }
  expect((await page(contact.personId, { limit: '20' })).items).toHaveLength(20)
})

const plain = {
  kinds: false,
  material: false,
  member: false,
  from: false,
  to: false,
  withoutViews: false,
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: PlanNode[]
}

function flatten(node: PlanNode | undefined): PlanNode[] {
  return node ? [node, ...(node.Plans ?? []).flatMap(flatten)] : []
}

async function confirmedReader(): Promise<{
  contact: TestContact
  visitor: TestVisitor
  share: string
}> {
  const uid = unionid()
  const contact = await makeContact(app, { unionid: uid })
  return {
    contact,
    visitor: await makeVisitor(app, { unionid: uid }),
    share: await makeShare(app, { to: contact }),
  }
}
