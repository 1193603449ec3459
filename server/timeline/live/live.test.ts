import { sql } from 'drizzle-orm'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { listMoments, Moment } from '../../../shared/contract/timeline.ts'
import { track } from '../../../shared/contract/track.ts'
import { submitWorkorder } from '../../../shared/contract/workorders.ts'
import { transact } from '../../base/db/database.ts'
import { once as onceDone } from '../../base/db/jobs.ts'
import { undoMerge, visitorSeen } from '../../identity/index.ts'
import { regroupings } from '../../identity/merge/regroup.ts'
import { merges } from '../../identity/tables.ts'
import { openEventStream, type TestStream } from '../../testing/event-stream.ts'
import {
  makeContact,
  makeShare,
  makeVisitor,
  openedBy,
  type TestContact,
  type TestVisitor,
} from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { forgetChanges } from './changes.ts'
import { record, rollUp } from '../index.ts'
import { live, mostStreamsOfMember } from './live.ts'
import { knowsContact } from '../../persons/index.ts'
import { positionAt } from './position.ts'
import { snapshotNow } from '../page/read.ts'
import { follow } from './stream.ts'

/** Two servers on one database: the first takes events, the second serves streams. */
let first: TestApp
let second: TestApp
const opened: TestStream[] = []

beforeAll(async () => {
  first = await makeTestApp()
  second = await makeTestApp({ beside: first })
})
afterEach(() => {
  for (const stream of opened.splice(0)) stream.close()
})
afterAll(async () => {
  await second.stop()
  await first.stop()
})

async function open(
  personId: string,
  { from, lastEventId, app = second }: { from?: string; lastEventId?: string; app?: TestApp } = {},
): Promise<TestStream> {
  const query = from ? `?from=${encodeURIComponent(from)}` : ''
  const stream = await openEventStream(
    app,
    `/api/persons/${personId}/moments/live${query}`,
    app.member('ZhouXiaolan'),
    lastEventId,
  )
  opened.push(stream)
  return stream
}

function told({ events }: TestStream): Moment[] {
  return events
    .filter(({ event }) => event === 'moment')
    .map(({ data }) => v.parse(Moment, JSON.parse(data)))
}

function reloads({ events }: TestStream): number {
  return events.filter(({ event }) => event === 'reload').length
}

/** Returns what a client shows: for each moment the row with the highest revision. */
function shown(stream: TestStream): Map<string, Moment> {
  const rows = new Map<string, Moment>()
  for (const moment of told(stream))
    if (moment.revision >= (rows.get(moment.id)?.revision ?? 0)) rows.set(moment.id, moment)
  return rows
}

async function view(
  visitor: TestVisitor,
  shareId: string,
  visitId = openedBy(first, visitor, shareId).visitId,
  activeSeconds = 5,
): Promise<string> {
  const event = {
    id: first.ctx.random.id(),
    kind: 'view.progress',
    occurredAt: first.clock.now().toISOString(),
    visitId,
    shareId,
    activeSeconds,
  }
  await first.call(
    track,
    { body: { sentAt: first.clock.now().toISOString(), events: [event] } },
    visitor.as,
  )
  return visitId
}

async function order(visitor: TestVisitor, shareId: string): Promise<void> {
  const body = {
    type: 'repair',
    description: '异响',
    contactName: '林',
    contactPhone: '13912345678',
    location: {
      source: 'chosen',
      name: '车间',
      address: '星湖街 1 号',
      latitude: 31.26,
      longitude: 120.73,
    },
    shareId,
  } as const
  await first.call(submitWorkorder, { body, idempotencyKey: first.ctx.random.id() }, visitor.as)
}

async function page(personId: string) {
  return second.call(
    listMoments,
    { params: { id: personId }, query: {} },
    second.member('ZhouXiaolan'),
  )
}

async function liveFrom(personId: string): Promise<string> {
  return (await page(personId)).liveFrom
}

async function nothingIsUnderWay(): Promise<boolean> {
  const { rows } = await first.db.$client.query<{ quiet: boolean }>(
    'select pg_snapshot_xmin(now.snapshot) = pg_snapshot_xmax(now.snapshot) as quiet from (select pg_current_snapshot() as snapshot) as now',
  )
  return rows[0]?.quiet ?? false
}

/** The next sign-in proves who the visitor is. */
async function identify(visitor: TestVisitor, unionid: string): Promise<void> {
  await visitorSeen(first.ctx, {
    corpId: first.corpId,
    appId: 'wx5e1f8c27d90b643a',
    openid: visitor.openid,
    unionid,
  })
}

async function pushed(): Promise<{
  contact: TestContact
  visitor: TestVisitor
  share: string
  unionid: string
}> {
  const unionid = `oUnionLive${first.ctx.random.token(8)}`
  const contact = await makeContact(first, { unionid })
  return {
    contact,
    visitor: await makeVisitor(first),
    share: await makeShare(first, { to: contact }),
    unionid,
  }
}

describe('a live timeline', () => {
  test('shows on one server what another has just stored, and its progress in place', async () => {
    const { contact, visitor, share } = await pushed()
    const stream = await open(contact.personId, { from: await liveFrom(contact.personId) })
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream')
    expect(stream.response.headers.get('x-accel-buffering')).toBe('no')
    expect(stream.response.headers.get('content-encoding')).toBeNull()
    const visit = await view(visitor, share)
    await expect.poll(() => shown(stream).get(visit)?.view?.activeSeconds).toBe(5)
    await view(visitor, share, visit, 30)
    await expect.poll(() => shown(stream).get(visit)?.view?.activeSeconds).toBe(30)
    expect(shown(stream).size).toBe(1)
  })

  test('tells what happened between the page and the stream', async () => {
    const { contact, visitor, share } = await pushed()
    const from = await liveFrom(contact.personId)
    const visit = await view(visitor, share)
    const stream = await open(contact.personId, { from })
    await expect.poll(() => [...shown(stream).keys()]).toEqual([visit])
  })

  test('tells nothing of other people', async () => {
    const [mine, theirs] = [await pushed(), await pushed()]
    const stream = await open(mine.contact.personId)
    await view(theirs.visitor, theirs.share)
    const visit = await view(mine.visitor, mine.share)
    await expect.poll(() => [...shown(stream).keys()]).toEqual([visit])
  })

  test('resumes where it was cut off, on any server, without a gap', async () => {
    const { contact, visitor, share } = await pushed()
    const stream = await open(contact.personId)
    const before = await view(visitor, share)
    await expect.poll(() => shown(stream).has(before)).toBe(true)
    stream.close()
    const missed = [await view(visitor, share), await view(visitor, share)]
    const lastEventId = stream.events.at(-1)?.id ?? ''
    for (const app of [second, first]) {
      const resumed = await open(contact.personId, { lastEventId, app })
      await expect.poll(() => [...shown(resumed).keys()]).toEqual(expect.arrayContaining(missed))
    }
  })

  test('tells who was away for longer than changes are remembered to read the timeline anew', async () => {
    const { contact, visitor, share } = await pushed()
    const from = await liveFrom(contact.personId)
    await view(visitor, share)
    // A job's transaction that runs all the time would keep the changes from being deleted.
    await expect.poll(nothingIsUnderWay).toBe(true)
    await forgetChanges(first.ctx)
    first.clock.advance(59 * 60_000)
    await forgetChanges(first.ctx)
    const soon = await open(contact.personId, { from })
    await expect.poll(() => shown(soon).size).toBe(1)
    expect(reloads(soon)).toBe(0)
    soon.close()
    first.clock.advance(2 * 60_000)
    await forgetChanges(first.ctx)
    const late = await open(contact.personId, { from })
    await expect.poll(() => reloads(late)).toBe(1)
    const again = await open(contact.personId, { from: await liveFrom(contact.personId) })
    const visit = await view(await makeVisitor(first), share)
    await expect.poll(() => [...shown(again).keys()]).toEqual([visit])
    expect(reloads(again)).toBe(0)
  })

  test('does not lose a change that committed after one with a higher revision', async () => {
    const { contact, visitor, share } = await pushed()
    const stream = await open(contact.personId)
    const late = first.ctx.random.id()
    let [commit, draw] = [() => {}, () => {}]
    const mayCommit = new Promise<void>((resolve) => (commit = resolve))
    const drawn = new Promise<void>((resolve) => (draw = resolve))
    const slow = transact(first.db, async (tx) => {
      await record(first.ctx, tx, {
        id: late,
        corpId: first.corpId,
        identityId: visitor.identityId,
        kind: 'workorder.submit',
        occurredAt: first.clock.now(),
        shareId: share,
      })
      draw()
      await mayCommit
    })
    await drawn
    const visit = await view(visitor, share)
    await expect.poll(() => shown(stream).has(visit)).toBe(true)
    stream.close()
    commit()
    await slow
    const resumed = await open(contact.personId, { lastEventId: stream.events.at(-1)?.id ?? '' })
    await expect.poll(() => shown(resumed).has(late)).toBe(true)
  })

  test('says that the timeline is to be read anew when a visitor’s past joins it, and follows the visitor from then on', async () => {
    const { contact, visitor, share, unionid } = await pushed()
    const group = await makeShare(first)
    const anonymous = await view(visitor, group)
    const stream = await open(contact.personId)
    const through = await view(visitor, share)
    await expect.poll(() => shown(stream).get(through)?.confirmed).toBe(false)
    await identify(visitor, unionid)
    await expect.poll(() => reloads(stream)).toBe(1)
    const { items } = await page(contact.personId)
    expect(items.map(({ id, confirmed }) => [id, confirmed])).toEqual(
      expect.arrayContaining([
        [through, true],
        [anonymous, true],
      ]),
    )
    const later = await view(visitor, group, anonymous, 60)
    await expect.poll(() => shown(stream).get(later)?.view?.activeSeconds).toBe(60)
    expect(reloads(stream)).toBe(1)
  })

  test('tells of a merge and of its undoing while the client was away', async () => {
    const { contact, visitor, share, unionid } = await pushed()
    const stream = await open(contact.personId)
    const through = await view(visitor, share)
    await expect.poll(() => shown(stream).has(through)).toBe(true)
    const lastEventId = stream.events.at(-1)?.id ?? ''
    stream.close()
    await identify(visitor, unionid)
    const resumed = await open(contact.personId, { lastEventId })
    await expect.poll(() => reloads(resumed)).toBe(1)
    const between = resumed.events.at(-1)?.id ?? ''
    resumed.close()
    const merge = (await first.db.select().from(merges)).find(
      ({ mergedPersonId }) => mergedPersonId === visitor.personId,
    )
    await undoMerge(first.ctx, { corpId: first.corpId, mergeId: merge?.id ?? '' })
    const again = await open(contact.personId, { lastEventId: between })
    await expect.poll(() => reloads(again)).toBe(1)
    expect((await page(contact.personId)).items).toMatchObject([{ id: through, confirmed: false }])
  })

  test('repeats nothing and leaves out nothing, wherever it is cut off and on whatever server it resumes', async () => {
    const { contact, visitor, share } = await pushed()
    const { liveFrom: from } = await page(contact.personId)
    const visits: string[] = []
    const said: string[] = []
    let position = from
    for (let cut = 0; cut < 12; cut += 1) {
      // More than one step can hold, and some of it while nobody listens.
      visits.push(...(await Promise.all(Array.from({ length: 40 }, () => view(visitor, share)))))
      const stream = await open(contact.personId, {
        lastEventId: position,
        app: cut % 2 ? first : second,
      })
      await expect.poll(() => stream.events.length).toBeGreaterThan(cut % 3)
      stream.close()
      // The client knows what arrived before the cut.
      const arrived = [...stream.events]
      said.push(
        ...arrived.flatMap(({ event, data }) =>
          event === 'moment' ? v.parse(Moment, JSON.parse(data)).id : [],
        ),
      )
      position = arrived.at(-1)?.id ?? position
    }
    const rest = await open(contact.personId, { lastEventId: position })
    await expect.poll(() => said.length + told(rest).length).toBeGreaterThanOrEqual(visits.length)
    expect([...said, ...told(rest).map(({ id }) => id)].sort()).toEqual(visits.sort())
  })

  test('goes on in the middle of a long catch-up with the rest of it', async () => {
    const { contact, visitor, share } = await pushed()
    const { liveFrom: from } = await page(contact.personId)
    for (let lot = 0; lot < 9; lot += 1)
      await Promise.all(Array.from({ length: 50 }, () => view(visitor, share)))
    const stream = await open(contact.personId, { from })
    await expect.poll(() => stream.events.length).toBe(450)
    const ids = told(stream).map(({ id }) => id)
    expect(new Set(ids).size).toBe(450)
    for (const cut of [0, 57, 199, 200, 398, 449]) {
      const resumed = await open(contact.personId, {
        lastEventId: stream.events[cut]?.id ?? '',
        app: cut % 2 ? first : second,
      })
      const last = await view(visitor, share)
      await expect.poll(() => told(resumed).at(-1)?.id).toBe(last)
      const rest = told(resumed).map(({ id }) => id)
      expect(rest.filter((id) => ids.includes(id))).toEqual(ids.slice(cut + 1))
      resumed.close()
    }
  })

  test('says once that it is to be read anew, also when the merge falls into the middle of a long catch-up', async () => {
    const { contact, visitor, share, unionid } = await pushed()
    const from = positionAt(await snapshotNow(second.ctx))
    for (let lot = 0; lot < 5; lot += 1)
      await Promise.all(Array.from({ length: 50 }, () => view(visitor, share)))
    const ended = new AbortController()
    const watch = await second.ctx.memory.get(live).watch({
      personId: contact.personId,
      member: 'in the middle',
    })
    const said: string[] = []
    let last: string | undefined
    for await (const steps of follow(
      second.ctx,
      {
        personId: contact.personId,
        reader: {
          knowsContact: knowsContact(second.ctx, { userId: 'ZhouXiaolan' }),
          readable: () => Promise.reject(new Error('asked about one contact')),
        },
        watch,
        from,
        check: async () => undefined,
      },
      ended.signal,
    )) {
      if (said.length === 0) await identify(visitor, unionid)
      said.push(...steps.map(({ moment }) => moment?.id ?? 'reload'))
      if (said.includes('reload')) last ??= await view(visitor, share)
      if (said.includes(last ?? 'nothing yet')) ended.abort()
    }
    watch.stop()
    expect(said.filter((one) => one === 'reload')).toHaveLength(1)
    // Everything before it, the visitor's join, the reload, and everything after it.
    expect(new Set(said).size).toBe(253)
  })

  test('survives a cut line to the database', async () => {
    const { contact, visitor, share } = await pushed()
    const stream = await open(contact.personId)
    await first.db.$client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chatside listener' and datname = current_database()`,
    )
    const visit = await view(visitor, share)
    await expect.poll(() => shown(stream).has(visit), { timeout: 5_000 }).toBe(true)
  })

  test('a burst arrives complete', async () => {
    const { contact, visitor, share } = await pushed()
    const stream = await open(contact.personId)
    const visits = await Promise.all(Array.from({ length: 60 }, () => view(visitor, share)))
    await expect.poll(() => shown(stream).size).toBe(visits.length)
  })
})

describe('the live timeline of somebody to whom a share was pushed', () => {
  const tellAll = (app = first) => onceDone(app.ctx, regroupings)

  /** A push to one contact that is read by a visitor who turns out to be another contact. */
  async function forwarded() {
    const unionid = `oUnionLive${first.ctx.random.token(8)}`
    const reader = await makeContact(first, { unionid, name: '另一位' })
    const { contact, visitor, share } = await pushed()
    return { contact, visitor, share, reader, unionid }
  }

  test('is read anew when the reader turns out to be another known contact, and when the two are parted again', async () => {
    const { contact, visitor, share, reader, unionid } = await forwarded()
    const stream = await open(contact.personId)
    const visit = await view(visitor, share)
    await expect.poll(() => shown(stream).get(visit)?.confirmed).toBe(false)
    await identify(visitor, unionid)
    await tellAll()
    await expect.poll(() => reloads(stream)).toBe(1)
    expect((await page(contact.personId)).items).toEqual([])
    expect((await page(reader.personId)).items).toHaveLength(2)

    const merge = (await first.db.select().from(merges)).find(
      ({ mergedPersonId }) => mergedPersonId === visitor.personId,
    )
    await undoMerge(first.ctx, { corpId: first.corpId, mergeId: merge?.id ?? '' })
    await tellAll()
    await expect.poll(() => reloads(stream)).toBe(2)
    expect((await page(contact.personId)).items).toMatchObject([{ id: visit, confirmed: false }])
  })

  test('is read anew also for what the statistics have counted already, and for what is no reading', async () => {
    for (const act of ['counted', 'no reading'] as const) {
      const { contact, visitor, share, unionid } = await forwarded()
      const stream = await open(contact.personId)
      if (act === 'counted') await view(visitor, share)
      else await order(visitor, share)
      await onceDone(first.ctx, rollUp)
      await identify(visitor, unionid)
      await tellAll()
      await expect.poll(() => reloads(stream)).toBe(1)
    }
  })

  test('is read anew at once where the jobs run, whichever server made the merge', async () => {
    const { contact, visitor, share, unionid } = await forwarded()
    const running = await makeTestApp({ beside: first })
    running.app.startJobs()
    try {
      const stream = await open(contact.personId)
      await view(visitor, share)
      await identify(visitor, unionid)
      await expect.poll(() => reloads(stream), { timeout: 2_000 }).toBe(1)
    } finally {
      await running.stop()
    }
  })

  test('is read anew once when that somebody and the reader are one, and not at all when nothing on it has changed', async () => {
    const { contact, visitor, share, unionid } = await pushed()
    const [stream, other] = [
      await open(contact.personId),
      await open((await makeContact(first)).personId),
    ]
    await view(visitor, share)
    await identify(visitor, unionid)
    await tellAll()
    const last = await view(visitor, share)
    await expect.poll(() => shown(stream).has(last)).toBe(true)
    expect(reloads(stream)).toBe(1)
    expect(other.events).toEqual([])
  })

  test('waits for nobody’s merge, and no merge for it; what a killed process left is told by the next', async () => {
    const { contact, visitor, share, unionid } = await forwarded()
    const stream = await open(contact.personId)
    const visit = await view(visitor, share)
    await expect.poll(() => shown(stream).has(visit)).toBe(true)
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    let isLocked = () => {}
    const locked = new Promise<void>((resolve) => (isLocked = resolve))
    // A merge of the contact that is under way does the same.
    const busy = transact(first.db, async (tx) => {
      await tx.execute(sql`select from persons where id = ${contact.personId} for update`)
      isLocked()
      await held
    })
    await locked
    await identify(visitor, unionid)
    expect(
      (await first.db.select().from(merges)).some(
        ({ mergedPersonId }) => mergedPersonId === visitor.personId,
      ),
    ).toBe(true)
    letGo()
    await busy
    expect(reloads(stream)).toBe(0)
    await tellAll(second)
    await expect.poll(() => reloads(stream)).toBe(1)
    await tellAll()
    const after = await view(await makeVisitor(first), share)
    await expect.poll(() => shown(stream).has(after)).toBe(true)
    expect(reloads(stream)).toBe(1)
  })
})

describe('a live timeline is refused', () => {
  test('to a member who does not follow the contact', async () => {
    const contact = await makeContact(first, { followers: ['HanXue'] })
    const { response } = await open(contact.personId)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'contact_not_followed' })
  })

  test('from a position that is none', async () => {
    const { contact } = await pushed()
    expect((await open(contact.personId, { from: 'nonsense' })).response.status).toBe(400)
    expect((await open(contact.personId, { lastEventId: 'nonsense' })).response.status).toBe(400)
  })

  test('beyond a dozen of one member, until one of them ends', async () => {
    const { contact } = await pushed()
    let status = 200
    // Streams of earlier tests may still be open.
    while (status === 200 && opened.length <= mostStreamsOfMember)
      status = (await open(contact.personId)).response.status
    expect(status).toBe(429)
    opened[0]?.close()
    await expect.poll(async () => (await open(contact.personId)).response.status).toBe(200)
  })
})

test('a stream whose reader left before it began ends at once', async () => {
  const { contact } = await pushed()
  const own = await makeTestApp({ beside: first })
  const blocker = await first.db.$client.connect()
  await blocker.query('begin')
  await blocker.query('lock table identities in access exclusive mode')
  const accepted = once(own.app.server, 'connection') as Promise<[Socket]>
  const gone = new AbortController()
  const path = `/api/persons/${contact.personId}/moments/live`
  const asked = own
    .fetch(path, { signal: gone.signal }, own.member('ZhouXiaolan'))
    .catch(() => null)
  const waiting =
    'select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())'
  await expect.poll(async () => (await blocker.query(waiting)).rowCount).toBe(1)
  const [socket] = await accepted
  gone.abort()
  await Promise.all([asked, once(socket, 'close')])
  await blocker.query('commit')
  blocker.release()
  await open(contact.personId, { app: own })
  await expect
    .poll(() => own.ctx.metrics.registry.getSingleMetricAsString('live_timelines'))
    .toContain('live_timelines 1')
  await own.stop()
})

test('a server that stops ends its streams', async () => {
  const { contact } = await pushed()
  const third = await makeTestApp({ beside: first })
  const stream = await open(contact.personId, { app: third })
  expect(stream.ended()).toBe(false)
  await third.stop()
  await expect.poll(() => stream.ended()).toBe(true)
})
