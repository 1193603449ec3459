import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShare } from '../../shared/contract/materials.ts'
import { getPrivacy } from '../../shared/contract/privacy.ts'
import { materialStatistics } from '../../shared/contract/statistics.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import { once } from '../base/db/jobs.ts'
import { nobody } from '../base/db/nobody.ts'
import { domains, type Holding } from '../domain.ts'
import { fileStore } from '../files/file-store.ts'
import { rollUp } from '../timeline/index.ts'
import { erase, finishErasures, found, tablesOf } from '../testing/persons/erasure.ts'
import { openEventStream } from '../testing/event-stream.ts'
import { makeContact, makeMaterial, makeShare, makeVisitor } from '../testing/factories.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import {
  makeWholePerson,
  readShare,
  uploadPhoto,
  type WholePerson,
} from '../testing/persons/whole-person.ts'
import { closeDoor } from './erase.ts'
import { erasures } from './tables.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

/** Returns what the domains say about their tables. */
function holdings(): Record<string, Holding> {
  const all = app.ctx.memory.get(domains).flatMap(({ tables }) => Object.entries(tables ?? {}))
  const byTable = Object.fromEntries(all)
  if (Object.keys(byTable).length !== all.length) throw new Error('two domains name one table')
  return byTable
}

/** Returns the names of tables with such a holding. */
function tablesThat(holds: (holding: Holding) => boolean): string[] {
  return Object.entries(holdings()).flatMap(([table, holding]) => (holds(holding) ? table : []))
}

describe('erasing a person', () => {
  let person: WholePerson
  let bystander: WholePerson

  test('leaves no row in any table that names them, and everybody else as they were', async () => {
    bystander = await makeWholePerson(app)
    person = await makeWholePerson(app)
    const othersVisit = await readShare(app, bystander.visitor.as, person.share)
    const before = await found(app, person.traces)
    const bystanderBefore = await found(app, bystander.traces)
    // The domain of a new table must name it, and `makeWholePerson` must fill it unless the domain
    // says why it holds nobody. Otherwise nobody has considered its personal data.
    expect(Object.keys(holdings()).sort()).toEqual(await tablesOf(app))
    expect(Object.keys(before).sort()).toEqual(
      tablesThat((holding) => typeof holding === 'string').sort(),
    )

    await erase(app, person.visitor.as)
    await finishErasures(app)

    expect(await found(app, person.traces)).toEqual({})
    expect(await found(app, bystander.traces)).toEqual(bystanderBefore)
    const { rows } = await app.db.$client.query(
      'select number, status, type, identity_id, contact_name, latitude, photo_ids from workorders where id = $1',
      [person.order.id],
    )
    expect(rows).toEqual([
      {
        number: person.order.number,
        status: 'cancelled',
        type: 'repair',
        identity_id: nobody,
        contact_name: '',
        latitude: null,
        photo_ids: [],
      },
    ])
    // Acts of another reader under a share to the erased person belong to the reader, so they stay.
    const moments = await app.db.$client.query(
      'select target_identity_id from moments where id = $1',
      [othersVisit],
    )
    expect(moments.rows).toEqual([{ target_identity_id: null }])
  })

  test('removes their photos from the disk, but for what somebody else has uploaded too', async () => {
    expect((await fetch(person.photo.url)).status).toBe(404)
    const one = await makeVisitor(app)
    const other = await makeVisitor(app)
    const [ones, others] = [
      await uploadPhoto(app, one.as, 200),
      await uploadPhoto(app, other.as, 200),
    ]
    const lonely = await uploadPhoto(app, one.as, 40)
    const { rows } = await app.db.$client.query<{ sha256: string }>(
      'select sha256 from files where id = any($1::uuid[]) order by created_at',
      [[ones.id, lonely.id]],
    )
    const [shared = '', alone = ''] = rows.map(({ sha256 }) => sha256)
    await erase(app, one.as)
    await finishErasures(app)
    expect((await fetch(ones.url)).status).toBe(404)
    expect((await fetch(others.url)).status).toBe(200)
    expect(await app.ctx.memory.get(fileStore).open(alone)).toBeNull()
    ;(await app.ctx.memory.get(fileStore).open(shared))?.destroy()
  })

  test('says of itself only that it was done, when, and how much went', async () => {
    const rows = await app.db.select().from(erasures)
    expect(rows[0]).toMatchObject({
      state: 'done',
      requestedBy: 'visitor',
      identityIds: [],
      counts: {
        identities: 4,
        events: 4,
        moments: 4,
        photos: 1,
        workorders: 1,
        consents: 1,
        shares: 2,
        contacts: 1,
        callbacks: 1,
      },
    })
  })

  test('ends their session: whatever they ask for, they are to sign in, and nothing is stored', async () => {
    const params: Record<string, string> = { id: randomUUID(), code: 'x' }
    const asked = [...app.app.router.served].filter(
      ({ auth }) => auth === 'visitor' || auth === 'any',
    )
    expect(asked.length).toBeGreaterThan(12)
    const share = await makeShare(app)
    const event = {
      id: app.ctx.random.id(),
      visitId: app.ctx.random.id(),
      kind: 'view.start',
      occurredAt: app.clock.now().toISOString(),
    }
    for (const { method, path } of asked) {
      const body =
        path === '/api/track'
          ? { sentAt: event.occurredAt, events: [{ ...event, shareId: share }] }
          : {}
      const response = await app.fetch(
        path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? share),
        {
          method,
          headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() },
          ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
        },
        person.visitor.as,
      )
      expect([path, response.status, ((await response.json()) as { code: string }).code]).toEqual([
        path,
        401,
        'unauthenticated',
      ])
    }
    expect(await found(app, person.traces)).toEqual({})
  })

  test('twice is no more than once', async () => {
    await expect(erase(app, person.visitor.as)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(
      await closeDoor(app.ctx, {
        ...person.visitor,
        corpId: app.corpId,
        requestedBy: 'operator',
      }),
    ).toBeNull()
    const two = await makeVisitor(app)
    const both = await Promise.allSettled([erase(app, two.as), erase(app, two.as)])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('lets the same human come back as somebody new', async () => {
    const again = await makeVisitor(app, { openid: person.visitor.openid })
    expect(person.identityIds).not.toContain(again.identityId)
    expect(await app.call(getPrivacy, {}, again.as)).toMatchObject({
      tracking: true,
      decidedAt: null,
    })
    await app.call(openShare, { params: { id: person.share } }, again.as)
  })

  test('wants a confirmation', async () => {
    const visitor = await makeVisitor(app)
    const response = await app.fetch(
      '/api/privacy/erasure',
      {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"confirm":false}',
      },
      visitor.as,
    )
    expect(response.status).toBe(400)
    await app.call(getPrivacy, {}, visitor.as)
  })

  test('takes the person off the open timeline of a rep', async () => {
    const unionid = 'oUnionOpenTimeline'
    const contact = await makeContact(app, { unionid })
    const visitor = await makeVisitor(app, { unionid })
    const rep = app.member('ZhouXiaolan')
    const stream = await openEventStream(app, `/api/persons/${contact.personId}/moments/live`, rep)
    await erase(app, visitor.as)
    await expect.poll(() => stream.ended()).toBe(true)
    await expect(
      app.call(listMoments, { params: { id: contact.personId }, query: {} }, rep),
    ).rejects.toMatchObject({
      code: 'person_unknown',
    })
  })

  test('takes what a stranger did off the open timeline of the contact to whom the share was pushed', async () => {
    const contact = await makeContact(app)
    const visitor = await makeVisitor(app)
    const share = await makeShare(app, { to: contact })
    const rep = app.member('ZhouXiaolan')
    await readShare(app, visitor.as, share)
    await once(app.ctx, rollUp)
    const stream = await openEventStream(app, `/api/persons/${contact.personId}/moments/live`, rep)
    await erase(app, visitor.as)
    await finishErasures(app)
    await expect.poll(() => stream.events.map(({ event }) => event)).toEqual(['reload'])
    expect(
      (await app.call(listMoments, { params: { id: contact.personId }, query: {} }, rep)).items,
    ).toEqual([])
  })

  test('takes their name off the open timeline of a contact who read what was pushed to them', async () => {
    const [erased, reader] = await Promise.all(
      ['oUnionErasedTarget', 'oUnionReaderUnder'].map(async (unionid) => {
        const contact = await makeContact(app, { unionid })
        return { contact, visitor: await makeVisitor(app, { unionid }) }
      }),
    )
    if (!erased || !reader) throw new Error('nobody was made')
    const rep = app.member('ZhouXiaolan')
    await readShare(app, reader.visitor.as, await makeShare(app, { to: erased.contact }))
    const names = async () => {
      const { items } = await app.call(
        listMoments,
        { params: { id: reader.contact.personId }, query: {} },
        rep,
      )
      return items.map(({ share }) => share?.contactName)
    }
    expect(await names()).toEqual([erased.contact.name])
    const stream = await openEventStream(
      app,
      `/api/persons/${reader.contact.personId}/moments/live`,
      rep,
    )
    await erase(app, erased.visitor.as)
    await finishErasures(app)
    await expect.poll(() => stream.events.map(({ event }) => event)).toEqual(['reload'])
    expect(await names()).toEqual([null])
  })

  test('takes a person out whose parts were merged and parted, and leaves the parted one', async () => {
    const person = await makeWholePerson(app)
    const { rows } = await app.db.$client.query<{ id: string }>(
      `insert into persons (id, corp_id, created_at) values (gen_random_uuid(), $1, now()) returning id`,
      [app.corpId],
    )
    const parted = rows[0]?.id ?? ''
    const theirs = await makeVisitor(app)
    await app.db.$client.query('update identities set person_id = $1 where id = $2', [
      parted,
      theirs.identityId,
    ])
    await app.db.$client.query(
      `insert into merges (id, corp_id, kept_person_id, merged_person_id, identity_ids, evidence,
        created_at, undone_at)
       values (gen_random_uuid(), $1, $2, $3, $4, $5, now(), now())`,
      [
        app.corpId,
        person.visitor.personId,
        parted,
        [theirs.identityId],
        JSON.stringify({ by: 'unionid', between: [person.visitor.identityId, theirs.identityId] }),
      ],
    )
    await erase(app, person.visitor.as)
    await finishErasures(app)
    expect(await found(app, person.traces)).toEqual({})
    await app.call(getPrivacy, {}, theirs.as)
  })
})

describe('statistics', () => {
  test('lose what the erased reader did, and no more, whether it was folded already or not', async () => {
    const rep = app.member('ZhouXiaolan')
    const materialId = await makeMaterial(app)
    const share = await makeShare(app, { materialId })
    const [erased, stays] = [await makeVisitor(app), await makeVisitor(app)]
    for (const { as } of [erased, stays]) await readShare(app, as, share)
    await once(app.ctx, rollUp)
    for (const { as } of [erased, erased, stays]) await readShare(app, as, share)
    const look = () => app.call(materialStatistics, { params: { id: materialId } }, rep)
    expect(await look()).toMatchObject({ opens: 5, people: 2 })
    await erase(app, erased.as)
    await finishErasures(app)
    expect(await look()).toMatchObject({ opens: 2, people: 1 })
    await once(app.ctx, rollUp)
    expect(await look()).toMatchObject({ opens: 2, people: 1 })
    const { rows } = await app.db.$client.query(
      'select sum(opens)::int as opens from readers where share_id = $1 and identity_id = $2',
      [share, nobody],
    )
    expect(rows).toEqual([{ opens: 0 }])
  })
})
