import { eq } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { once } from '../base/db/jobs.ts'
import { type Kept, Memory } from '../base/kept.ts'
import { callbacks } from '../connections/tables.ts'
import { type Domain, domains } from '../domain.ts'
import { erase, finishErasures, found } from '../testing/persons/erasure.ts'
import { makeShare, makeVisitor } from '../testing/factories.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { makeWholePerson, readShare, uploadPhoto } from '../testing/persons/whole-person.ts'
import { closeDoor, erasures as job, finish } from './erase.ts'
import { pendingErasures } from './store.ts'
import { consents, erasures } from './tables.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

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

describe('an erasure that is not finished', () => {
  test('by a killed process is finished by the job of the next one', async () => {
    const person = await makeWholePerson(app)
    await closeDoor(app.ctx, {
      corpId: app.corpId,
      ...person.visitor,
      requestedBy: 'operator',
    })
    expect(Object.keys(await found(app, person.traces)).sort()).toEqual([
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
          return found(app, person.traces)
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
    await finishErasures(app)
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
    await finishErasures(app)
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
    await finishErasures(app)
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
      expect(await found(app, [visitor.identityId])).toMatchObject({ events: 1 })
    } finally {
      await late.end()
    }
    await finishErasures(app)
    expect(await found(app, [visitor.identityId])).toEqual({})
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
    await finishErasures(app)
    expect(await found(app, [visitor.identityId])).toEqual({})
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
    await erase(app, visitor.as)
    await expect(readShare(app, visitor.as, share)).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    over = true
    await Promise.all(arriving)
    await finishErasures(app)
    expect(await found(app, person.traces)).toEqual({})
  })
})
