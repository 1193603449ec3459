import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Problem } from '../../base/problem.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { type Arrival, makeIngest } from './ingest.ts'
import { depthUnits, slackSeconds } from './fold.ts'
import { rederive } from './rederive.ts'
import { storeEvents } from './store.ts'

let app: TestApp
let db: TestApp['db']

beforeAll(async () => {
  app = await makeTestApp()
  db = app.db
  for (const identity of [reader, other]) {
    await db.$client.query(
      `insert into persons (id, corp_id, created_at) values ($1, 'ww1', now())`,
      [identity],
    )
    await db.$client.query(
      `insert into identities (id, corp_id, person_id, kind, scope, value, joined_by, joined_at,
        created_at)
       values ($1, 'ww1', $1, 'openid', 'wx1', md5($1::uuid::text), 'first_seen', now(), now())`,
      [identity],
    )
  }
})
afterAll(() => app.stop())

let made = 0
function id(): string {
  made += 1
  return `01930000-0000-7000-8000-${made.toString(16).padStart(12, '0')}`
}

const start = Date.parse('2026-11-21T08:00:00.000Z')
function at(seconds: number): string {
  return new Date(start + seconds * 1000).toISOString()
}

const reader = '01930000-0000-7000-9000-000000000001'
const other = '01930000-0000-7000-9000-000000000009'

interface Said {
  seconds?: number
  unit?: number
  reached?: number
  total?: number
  item?: string
}

interface Part {
  id?: string
  identity?: string
  kind?: string
  occurred?: string
  /** In seconds, like `at`. */
  received?: number
}

function progress(
  visit: string,
  { seconds = 0, unit, reached, total, item }: Said = {},
  part: Part = {},
): Arrival {
  const { identity = reader, kind = 'view.progress', occurred = at(0), received = 100 } = part
  const depth = unit === undefined ? {} : { depth: { unit: depthUnits[unit - 1], reached, total } }
  const share = '01930000-0000-7000-9000-000000000002'
  const properties = { activeSeconds: seconds, ...depth, ...(item !== undefined && { item }) }
  return {
    event: { id: part.id ?? id(), kind, visit, share, reported: occurred, properties },
    reporter: {
      corp: 'ww1',
      identity,
      by: null,
      version: 1,
      receivedAt: Date.parse(at(received)),
      skewMs: 0,
    },
    moment: visit,
    claim: `${identity}/material.view/${share}`,
  }
}

/** Stores each row in a batch of its own. */
function store(rows: readonly Arrival[]) {
  return storeEvents(
    db.$client,
    rows.map(({ event, reporter }) => ({ reporter, events: [event] })),
  )
}

async function momentRow(moment: string) {
  const { rows } = await db.$client.query<Record<string, unknown>>(
    `select occurred_at, updated_at, active_seconds, depth_unit, depth_reached, depth_total, ended_at, shown_at, seen_at, identity_id, revision from moments where id = $1`,
    [moment],
  )
  return rows[0]
}

/** An id as the server issues it, of a visit that began so many seconds after the test's start. */
function visitBegunAt(seconds: number): string {
  const hex = Date.parse(at(seconds)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-8${id().slice(15)}`
}

const anyEvent = fc.record({
  occurred: fc.integer({ min: -500, max: 0 }),
  received: fc.integer({ min: 1, max: 90 }),
  seconds: fc.integer({ min: 0, max: 900 }),
  depth: fc.option(
    fc.record({
      unit: fc.integer({ min: 1, max: 3 }),
      reached: fc.integer({ min: 0, max: 50 }),
      total: fc.integer({ min: 50, max: 100 }),
    }),
    { nil: null },
  ),
  ends: fc.boolean(),
})
type AnyEvent = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never

function rowsOf(visit: string, events: readonly AnyEvent[]): Arrival[] {
  return events.map(({ occurred, received, seconds, depth, ends }) =>
    progress(
      visit,
      { seconds, ...depth },
      { kind: ends ? 'view.end' : 'view.progress', occurred: at(occurred), received },
    ),
  )
}

/**
 * Returns the moment that the design demands: earliest start, longest time that fits into the visit
 * as the server saw it, and furthest depth of the unit that wins.
 */
function expected(events: readonly AnyEvent[], begun: number) {
  const depths = events.flatMap(({ depth }) => depth ?? [])
  const unit = Math.max(0, ...depths.map((depth) => depth.unit))
  const ofUnit = depths.filter((depth) => depth.unit === unit)
  const ends = events.filter(({ ends: is }) => is).map(({ occurred }) => occurred)
  const seen = events.filter(({ ends: is }) => !is).map(({ occurred }) => occurred)
  return {
    occurred_at: new Date(at(Math.min(...events.map(({ occurred }) => occurred)))),
    updated_at: new Date(at(Math.max(...events.map(({ received }) => received)))),
    active_seconds: Math.max(
      ...events.map(({ seconds, occurred }) =>
        Math.min(seconds, Math.max(0, occurred - begun) + slackSeconds),
      ),
    ),
    depth_unit: depthUnits[unit - 1] ?? null,
    depth_reached: unit ? Math.max(...ofUnit.map(({ reached }) => reached)) : null,
    depth_total: unit ? Math.max(...ofUnit.map(({ total }) => total)) : null,
    ended_at: ends.length > 0 ? new Date(at(Math.max(...ends))) : null,
    seen_at: seen.length > 0 ? new Date(at(Math.max(...seen))) : null,
  }
}

describe('a visit is one moment', () => {
  test('in whatever order, batches and repeats its events arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEvent, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: -900, max: 0 }),
        fc.infiniteStream(fc.nat()),
        async (events, begun, random) => {
          const visit = visitBegunAt(begun)
          const rows = rowsOf(visit, events)
          const arriving = [...rows, ...rows.filter(() => (random.next().value ?? 0) % 3 === 0)]
            .map((row) => ({ row, order: random.next().value ?? 0 }))
            .sort((one, other) => one.order - other.order)
            .map(({ row }) => row)
          while (arriving.length > 0) {
            const batch = arriving.splice(0, 1 + ((random.next().value ?? 0) % 4))
            const distinct = [...new Map(batch.map((row) => [row.event.id, row])).values()]
            await store(distinct)
          }
          const row = await momentRow(visit)
          expect(row).toMatchObject(expected(events, begun))
          expect(await rederive({ pool: db.$client, wholeSince: null })).toMatchObject({
            changed: 0,
            made: 0,
          })
          expect(await momentRow(visit)).toEqual(row)
          await db.$client.query('truncate events, moments')
        },
      ),
      { numRuns: 60 },
    )
  })

  test('and a batch that says nothing new changes nothing, not even the revision', async () => {
    const visit = visitBegunAt(-60)
    const rows = rowsOf(visit, [
      {
        occurred: -10,
        received: 100,
        seconds: 30,
        depth: { unit: 2, reached: 40, total: 100 },
        ends: true,
      },
    ])
    await store(rows)
    const before = await momentRow(visit)
    await store(rows)
    await store([
      progress(
        visit,
        { seconds: 20, unit: 2, reached: 39, total: 100 },
        { kind: 'view.end', occurred: at(-10) },
      ),
    ])
    expect(await momentRow(visit)).toEqual(before)
  })

  test('which a visit id of somebody else cannot overwrite', async () => {
    const visit = id()
    await store([progress(visit, { seconds: 5 })])
    const before = await momentRow(visit)
    const theirs = progress(visit, { seconds: 500 }, { identity: other })
    expect((await store([theirs])).foreign).toEqual(new Set([visit]))
    expect(await momentRow(visit)).toEqual(before)
    const { rowCount } = await db.$client.query('select from events where id = $1', [
      theirs.event.id,
    ])
    expect(rowCount).toBe(0)
  })
})

test('processes that store the same events at once, each in its own order, do not trip over each other', async () => {
  const visits = Array.from({ length: 12 }, id)
  const rows = visits.flatMap((visit) => [1, 2, 3].map((seconds) => progress(visit, { seconds })))
  const processes = Array.from({ length: 8 }, () =>
    makeIngest((group) => storeEvents(db.$client, group)),
  )
  await Promise.all(
    processes.flatMap((ingest, index) =>
      [rows, [...rows].reverse()].map((order) =>
        ingest.add([...order.slice(index), ...order.slice(0, index)]),
      ),
    ),
  )
  for (const visit of visits) expect(await momentRow(visit)).toMatchObject({ active_seconds: 3 })
  const { rowCount } = await db.$client.query(
    'select from events where visit_id = any($1::uuid[])',
    [visits],
  )
  expect(rowCount).toBe(rows.length)
})

test('more than the database can take is refused whole, with when to come again, and what was taken is stored', async () => {
  const stored: string[] = []
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const ingest = makeIngest(async (batches) => {
    await opened
    stored.push(...batches.flatMap(({ events }) => events.map(({ id: event }) => event)))
    return { foreign: new Set(), unknown: new Set(), silent: new Set() }
  })
  const taken: string[] = []
  const waiting: Promise<unknown>[] = []
  let refusal: unknown
  while (refusal === undefined && taken.length < 100_000) {
    const rows = Array.from({ length: 100 }, () => progress(id()))
    const outcome = ingest.add(rows)
    outcome.catch((error: unknown) => (refusal = error))
    await new Promise(setImmediate)
    if (refusal === undefined) {
      waiting.push(outcome)
      taken.push(...rows.map(({ event }) => event.id))
    }
  }
  expect(refusal).toMatchObject({ code: 'too_many_requests', status: 429 })
  expect(Number((refusal as Problem).extras.headers?.['Retry-After'])).toBeGreaterThanOrEqual(1)
  open()
  await Promise.all(waiting)
  expect(stored.sort()).toEqual(taken.sort())
})

describe('requests that arrive together share a commit', () => {
  test('but not the harm of a row that the database cannot take', async () => {
    const visits = Array.from({ length: 7 }, id)
    const sizes: number[] = []
    const ingest = makeIngest((rows) => {
      sizes.push(rows.flatMap(({ events }) => events).length)
      return storeEvents(db.$client, rows)
    })
    const poison = progress(id(), { item: 'a\u0000b' })
    const results = await Promise.all([
      ...visits.map((visit) => ingest.add([progress(visit, { seconds: 1 })])),
      ingest.add([poison, progress(id())]),
    ])
    expect(results.at(-1)?.get(poison.event.id)).toBe('unstorable')
    for (const visit of visits) expect(await momentRow(visit)).toMatchObject({ active_seconds: 1 })
    expect(Math.max(...sizes)).toBeGreaterThan(1)
  })

  test('and when two identities claim one visit at once, the first keeps it', async () => {
    const ingest = makeIngest((rows) => storeEvents(db.$client, rows))
    const visit = id()
    const theirs = progress(visit, { seconds: 900 }, { identity: other })
    const [, refusals] = await Promise.all([
      ingest.add([progress(visit, { seconds: 3 })]),
      ingest.add([theirs]),
    ])
    expect(refusals.get(theirs.event.id)).toBe('foreign')
    expect(await momentRow(visit)).toMatchObject({ active_seconds: 3, identity_id: reader })
  })
})
