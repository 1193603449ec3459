import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type DatabaseBefore, databaseBefore } from '../testing/database/before.ts'

let database: DatabaseBefore

const noon = (day: number) => `2026-11-0${day}T12:00:00.000Z`
/** Two who refused, one of them twice; two who did not, one of them in another corp. */
const [refused, refusedTwice, willing, elsewhere] = [0, 1, 2, 3].map(() => randomUUID())
/** The identities of each: `off` is when that identity refused. */
const before = [
  { value: 'phone', person: refused, off: noon(3) },
  { value: 'web', person: refused, off: null },
  { value: 'unionid', person: refused, off: null },
  { value: 'later', person: refusedTwice, off: noon(5) },
  { value: 'earlier', person: refusedTwice, off: noon(4) },
  { value: 'new', person: refusedTwice, off: null },
  { value: 'glad', person: willing, off: null },
  { value: 'gladToo', person: willing, off: null },
  { value: 'abroad', person: elsewhere, off: null },
]

beforeAll(async () => {
  database = await databaseBefore(inject('postgresUrl'), '0012_refusals-of-each')
  await database.fill(
    'identities',
    before.map(({ value, person, off }) => ({
      id: randomUUID(),
      corp_id: person === elsewhere ? 'ww2' : 'ww1',
      person_id: person,
      kind: 'openid',
      scope: 'wx1',
      value,
      joined_by: 'first_seen',
      joined_at: noon(1),
      created_at: noon(1),
      tracking_off_at: off,
    })),
  )
  await database.migrate()
})
afterAll(() => database.drop())

test('a refusal from before stands at every identity of the person, since the first time; nobody else has refused', async () => {
  const { rows } = await database.client.query<{ value: string; off: Date | null }>(
    'select value, tracking_off_at as off from identities',
  )
  const after = Object.fromEntries(
    rows.map(({ value, off }) => [value, off?.toISOString() ?? null]),
  )
  expect(after).toEqual({
    phone: noon(3),
    web: noon(3),
    unionid: noon(3),
    // What an identity had said itself keeps its time.
    later: noon(5),
    earlier: noon(4),
    new: noon(4),
    glad: null,
    gladToo: null,
    abroad: null,
  })
})
