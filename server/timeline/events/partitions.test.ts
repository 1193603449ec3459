import { afterAll, beforeAll, expect, test } from 'vitest'
import { track } from '../../../shared/contract/track.ts'
import { makeUuid7 } from '../../../shared/tracker/uuid.ts'
import { loadConfig } from '../../config.ts'
import { makeShare, makeVisitor, type TestVisitor } from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { eventPartitions } from './partitions.ts'

let app: TestApp
let visitor: TestVisitor
let share: string

beforeAll(async () => {
  app = await makeTestApp({ env: { EVENT_RETENTION_DAYS: '120' } })
  visitor = await makeVisitor(app)
  share = await makeShare(app)
})
afterAll(() => app.stop())

/** Reports an event of a phone whose clock says `at` when it makes the id. */
async function report(at = app.clock.now()) {
  const id = makeUuid7(() => at.getTime(), Math.random)()
  const event = {
    id,
    kind: 'view.start',
    occurredAt: app.clock.now().toISOString(),
    visitId: app.ctx.random.id(),
    shareId: share,
  }
  const again = () =>
    app.call(
      track,
      { body: { sentAt: app.clock.now().toISOString(), events: [event] } },
      app.visitor(visitor.identityId),
    )
  expect(await again()).toEqual({ accepted: 1, refused: [] })
  return { id, again }
}

async function placeOf(id: string): Promise<string | undefined> {
  const { rows } = await app.db.$client.query<{ place: string }>(
    'select tableoid::regclass::text as place from events where id = $1',
    [id],
  )
  return rows[0]?.place
}

const day = 24 * 60 * 60_000

test('events lie by month, those that came before the month was made and those of a phone with a wild clock too', async () => {
  const early = await report()
  expect(await placeOf(early.id)).toBe('events_default')
  const ancient = await report(new Date('1999-05-05T00:00:00.000Z'))
  await eventPartitions.run(app.ctx)
  const month = `events_${app.clock.now().toISOString().slice(0, 7).replace('-', '_')}`
  expect(await placeOf(early.id)).toBe(month)
  expect(await placeOf((await report()).id)).toBe(month)
  expect(await placeOf(ancient.id)).toBe('events_default')
  // The same event is recognised in every partition.
  await early.again()
  await ancient.again()
  const { rowCount } = await app.db.$client.query('select from events where id = any($1::uuid[])', [
    [early.id, ancient.id],
  ])
  expect(rowCount).toBe(2)
  await eventPartitions.run(app.ctx)
})

test('a month whose every event is older than the retention is dropped, its moments stay', async () => {
  const { id } = await report()
  const strange = await report(new Date('1999-05-05T00:00:00.000Z'))
  const moments = await app.db.$client.query('select from moments')
  app.clock.advance(119 * day)
  await eventPartitions.run(app.ctx)
  expect(await placeOf(id)).toBeDefined()
  app.clock.advance(40 * day)
  await eventPartitions.run(app.ctx)
  expect(await placeOf(id)).toBeUndefined()
  expect(await placeOf(strange.id)).toBeUndefined()
  expect((await app.db.$client.query('select from moments')).rowCount).toBe(moments.rowCount)
  expect(await placeOf((await report()).id)).toMatch(/^events_\d{4}_\d\d$/)
})

test('a retention that could forget an event before it can come again is refused', async () => {
  await expect(loadConfig({ ...app.env, EVENT_RETENTION_DAYS: '60' })).rejects.toThrow(
    /EVENT_RETENTION_DAYS must be 0 or at least 100/,
  )
  await expect(loadConfig({ ...app.env, EVENT_RETENTION_DAYS: '0' })).resolves.toMatchObject({
    eventRetentionDays: 0,
  })
})
