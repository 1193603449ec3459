import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import pg from 'pg'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShare } from '../../shared/contract/materials.ts'
import { erasePerson, getPrivacy, PersonalData } from '../../shared/contract/privacy.ts'
import { materialStatistics } from '../../shared/contract/statistics.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import { once } from '../base/db/jobs.ts'
import { nobody } from '../base/db/nobody.ts'
import { type Domain, domains, type Holding } from '../domain.ts'
import { type Kept, Memory } from '../base/kept.ts'
import { callbacks } from '../connections/tables.ts'
import { fileStore } from '../files/file-store.ts'
import { rollUp } from '../timeline/index.ts'
import { openEventStream } from '../testing/event-stream.ts'
import { makeContact, makeMaterial, makeShare, makeVisitor } from '../testing/factories.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'
import {
  makeWholePerson,
  readShare,
  uploadPhoto,
  type WholePerson,
} from '../testing/whole-person.ts'
import { closeDoor, erasures as job, finish } from './erase.ts'
import { operatePerson } from './operate.ts'
import { pendingErasures } from './store.ts'
import { consents, erasures } from './tables.ts'

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

async function tables(): Promise<string[]> {
  const { rows } = await app.db.$client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** Returns every table that contains one of these texts, in any column, and how often. */
async function found(traces: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of await tables()) {
    const { rows } = await app.db.$client.query<{ count: number }>(
      `select count(*)::int as count from ${pg.escapeIdentifier(table)} as one where one::text like any($1::text[])`,
      [traces.map((trace) => `%${trace}%`)],
    )
    if (rows[0] && rows[0].count > 0) counts[table] = rows[0].count
  }
  return counts
}

function erase(as: As) {
  return app.call(erasePerson, { body: { confirm: true } }, as)
}

/** The server's context with one more domain, on the lowest floor. */
function withDomain(domain: Domain): TestApp['ctx'] {
  class Extended extends Memory {
    override get<T>(what: Kept<T>): T {
      const value = app.ctx.memory.get(what)
      return Array.isArray(value) && what.name === domains.name ? ([domain, ...value] as T) : value
    }
  }
  return { ...app.ctx, memory: new Extended() }
}

/** Runs the job until no older transaction is under way. */
async function finishAll(): Promise<void> {
  await expect
    .poll(async () => {
      await once(app.ctx, job)
      return (await app.db.select().from(erasures)).filter(({ state }) => state === 'pending')
    })
    .toEqual([])
}

describe('erasing a person', () => {
  let person: WholePerson
  let bystander: WholePerson

  test('leaves no row in any table that names them, and everybody else as they were', async () => {
    bystander = await makeWholePerson(app)
    person = await makeWholePerson(app)
    const othersVisit = await readShare(app, bystander.visitor.as, person.share)
    const before = await found(person.traces)
    const bystanderBefore = await found(bystander.traces)
    // The domain of a new table must name it, and `makeWholePerson` must fill it unless the domain
    // says why it holds nobody. Otherwise nobody has considered its personal data.
    expect(Object.keys(holdings()).sort()).toEqual(await tables())
    expect(Object.keys(before).sort()).toEqual(
      tablesThat((holding) => typeof holding === 'string').sort(),
    )

    await erase(person.visitor.as)
    await finishAll()

    expect(await found(person.traces)).toEqual({})
    expect(await found(bystander.traces)).toEqual(bystanderBefore)
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
    await erase(one.as)
    await finishAll()
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
    expect(await found(person.traces)).toEqual({})
  })

  test('twice is no more than once', async () => {
    await expect(erase(person.visitor.as)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(
      await closeDoor(app.ctx, {
        ...person.visitor,
        corpId: app.corpId,
        requestedBy: 'operator',
      }),
    ).toBeNull()
    const two = await makeVisitor(app)
    const both = await Promise.allSettled([erase(two.as), erase(two.as)])
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
    await erase(visitor.as)
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
    await erase(visitor.as)
    await finishAll()
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
    await erase(erased.visitor.as)
    await finishAll()
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
    await erase(person.visitor.as)
    await finishAll()
    expect(await found(person.traces)).toEqual({})
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
    await erase(erased.as)
    await finishAll()
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

describe('an erasure that is not finished', () => {
  test('by a killed process is finished by the job of the next one', async () => {
    const person = await makeWholePerson(app)
    await closeDoor(app.ctx, {
      corpId: app.corpId,
      ...person.visitor,
      requestedBy: 'operator',
    })
    expect(Object.keys(await found(person.traces)).sort()).toEqual([
      'erasures',
      'events',
      'files',
      'moment_changes',
      'moments',
      'readers',
      'regroupings',
      'rollup_deltas',
    ])
    const next = await makeTestApp({ beside: app })
    try {
      await expect
        .poll(async () => {
          await once(next.ctx, job)
          return found(person.traces)
        })
        .toEqual({})
    } finally {
      await next.stop()
    }
  })

  test('holds up no younger one when it fails', async () => {
    const [stuck, younger] = [await makeVisitor(app), await makeVisitor(app)]
    for (const who of [stuck, younger])
      await closeDoor(app.ctx, { ...who, corpId: app.corpId, requestedBy: 'operator' })
    const failing: Domain = {
      name: 'failing',
      personal: {
        forgetOutside: (_ctx, { identityIds }) =>
          identityIds.includes(stuck.identityId)
            ? Promise.reject(new Error('the disk refuses'))
            : Promise.resolve({}),
      },
    }
    const pending = async () =>
      (await pendingErasures(app.db)).flatMap(({ identityIds }) => identityIds)
    await expect
      .poll(async () => {
        await once(withDomain(failing), job)
        return pending()
      })
      .toEqual([stuck.identityId])
    await finishAll()
    expect(await pending()).toEqual([])
  })

  test('is not done while any domain has rows left, and counts them all', async () => {
    const visitor = await makeVisitor(app)
    const who = { ...visitor, corpId: app.corpId, requestedBy: 'operator' } as const
    const id = (await closeDoor(app.ctx, who)) ?? ''
    let left = 5
    const large: Domain = {
      name: 'large',
      personal: {
        forgetLot: () => Promise.resolve({ pages: left > 0 ? (left--, 1) : 0 }),
      },
    }
    await expect.poll(() => finish(withDomain(large), id)).toBe(true)
    expect(left).toBe(0)
    const [row] = await app.db.select().from(erasures).where(eq(erasures.id, id))
    expect(row?.counts).toMatchObject({ pages: 5, identities: 1 })
  })

  test('takes small rows too that came after the door was closed', async () => {
    const { personId, identityId } = await makeVisitor(app)
    await closeDoor(app.ctx, {
      corpId: app.corpId,
      personId,
      identityId,
      requestedBy: 'operator',
    })
    await app.db.insert(consents).values({
      id: app.ctx.random.id(),
      corpId: app.corpId,
      identityId,
      agreed: true,
      textVersion: '1',
      locale: 'zh-CN',
      network: '203.0.113.0/24',
      at: app.clock.now(),
    })
    await finishAll()
    expect(await app.db.$count(consents, eq(consents.identityId, identityId))).toBe(0)
  })

  test('takes nobody else’s push because it contains a very short id', async () => {
    const { personId, identityId } = await makeVisitor(app, { openid: 'xml' })
    const now = app.clock.now()
    const id = app.ctx.random.id()
    await app.db.insert(callbacks).values({
      id,
      connection: 'c',
      corpId: app.corpId,
      dedupeKey: id,
      event: 'text',
      message: '<xml><ExternalUserID>wmSomebodyElse</ExternalUserID></xml>',
      receivedAt: now,
      state: 'handled',
      nextTryAt: now,
    })
    await closeDoor(app.ctx, {
      corpId: app.corpId,
      personId,
      identityId,
      requestedBy: 'operator',
    })
    await finishAll()
    expect(await app.db.$count(callbacks, eq(callbacks.id, id))).toBe(1)
    await app.db.delete(callbacks).where(eq(callbacks.id, id))
  })

  test('waits for what began before, and then takes it too', async () => {
    const visitor = await makeVisitor(app)
    const share = await makeShare(app)
    const late = new pg.Client({ connectionString: app.databaseUrl })
    await late.connect()
    try {
      // Another process is storing this batch at this moment.
      await late.query('begin')
      await late.query(
        `insert into events (id, corp_id, identity_id, kind, visit_id, share_id, occurred_at,
          reported_at, received_at, properties)
         values ($1, $2, $3, 'view.start', $4, $5, now(), now(), now(), '{}')`,
        [app.ctx.random.id(), app.corpId, visitor.identityId, app.ctx.random.id(), share],
      )
      const id = await closeDoor(app.ctx, {
        ...visitor,
        corpId: app.corpId,
        requestedBy: 'operator',
      })
      expect(await finish(app.ctx, id ?? '')).toBe(false)
      await late.query('commit')
      expect(await found([visitor.identityId])).toMatchObject({ events: 1 })
    } finally {
      await late.end()
    }
    await finishAll()
    expect(await found([visitor.identityId])).toEqual({})
  })

  test('waits also for a statement that has looked and not written yet: it has no transaction number, and would write after us', async () => {
    const visitor = await makeVisitor(app)
    const share = await makeShare(app)
    const [gate, late] = [
      new pg.Client({ connectionString: app.databaseUrl }),
      new pg.Client({ connectionString: app.databaseUrl }),
    ]
    await Promise.all([gate.connect(), late.connect()])
    try {
      await gate.query('select pg_advisory_lock(77)')
      // It sees the visitor, waits at the gate, then writes.
      const writing = late.query(
        `with open as materialized (select pg_advisory_xact_lock(77)), known
          as materialized (select identities.id from open, identities where identities.id = $2)
         insert into events (id, corp_id, identity_id, kind, visit_id, share_id, occurred_at,
           reported_at, received_at, properties)
         select $1, $3, known.id, 'view.start', $4, $5, now(), now(), now(), '{}' from known`,
        [app.ctx.random.id(), visitor.identityId, app.corpId, app.ctx.random.id(), share],
      )
      await expect
        .poll(
          async () =>
            (
              await app.db.$client.query(
                `select from pg_stat_activity where wait_event = 'advisory' and datname = current_database()`,
              )
            ).rowCount,
        )
        .toBe(1)
      const id = await closeDoor(app.ctx, {
        ...visitor,
        corpId: app.corpId,
        requestedBy: 'operator',
      })
      expect(await finish(app.ctx, id ?? '')).toBe(false)
      await gate.query('select pg_advisory_unlock(77)')
      expect((await writing).rowCount).toBe(1)
    } finally {
      await Promise.all([gate.end(), late.end()])
    }
    await finishAll()
    expect(await found([visitor.identityId])).toEqual({})
  })
})

describe('while the person is being erased', () => {
  test('their events, orders and photos arrive or are refused, and nothing of them is left', async () => {
    const person = await makeWholePerson(app)
    const { visitor, share } = person
    let over = false
    const arriving = Array.from({ length: 4 }, async (_, lane) => {
      while (!over) {
        await readShare(app, visitor.as, share).catch(() => undefined)
        if (lane === 0) await uploadPhoto(app, visitor.as, 210).catch(() => undefined)
      }
    })
    await readShare(app, visitor.as, share)
    await erase(visitor.as)
    await expect(readShare(app, visitor.as, share)).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    over = true
    await Promise.all(arriving)
    await finishAll()
    expect(await found(person.traces)).toEqual({})
  })
})

describe('an operator', () => {
  test('exports a contact to a file and erases it, by WeCom’s name for it', async () => {
    const person = await makeWholePerson(app)
    const directory = await mkdtemp(join(tmpdir(), 'chatside-export-'))
    const file = join(directory, 'person.json')
    const said: string[] = []
    const run = (...args: string[]) => operatePerson(app.ctx, args, (line) => said.push(line))
    await run('export', person.contact.externalUserId, file)
    const text = await readFile(file, 'utf8')
    expect(v.parse(PersonalData, JSON.parse(text)).personId).toBe(person.visitor.personId)
    expect(person.traces.filter((trace) => !text.includes(trace))).toEqual([])
    expect((await stat(file)).mode & 0o077).toBe(0)
    await run('erase', person.visitor.personId)
    expect(said.at(-1)).toContain('is erased')
    expect(await found(person.traces)).toEqual({})
    await expect(run('erase', person.contact.externalUserId)).rejects.toThrow('Nobody here')
    await expect(run('delete', 'x')).rejects.toThrow('npm run person')
    await rm(directory, { recursive: true })
  })
})
