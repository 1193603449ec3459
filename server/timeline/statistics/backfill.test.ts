import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { nobody } from '../../base/db/nobody.ts'
import { type DatabaseBefore, databaseBefore } from '../../testing/database/before.ts'

const [material, root] = [randomUUID(), randomUUID()]
/** Opened by two friends; by its forwarder on another device only; by nobody; of nobody known. */
const [byFriends, byItself, unopened, nameless] = [0, 1, 2, 3].map(() => randomUUID())
const [lin, friend, other] = [0, 1, 2].map(() => randomUUID())
const [linsPhone, linsWeb, friends, others] = [0, 1, 2, 3].map(() => randomUUID())

let database: DatabaseBefore

beforeAll(async () => {
  database = await databaseBefore(inject('postgresUrl'), '0010_believed-and-present')
  const at = '2026-11-01T08:00:00Z'
  await database.fill(
    'identities',
    [
      [linsPhone, lin],
      [linsWeb, lin],
      [friends, friend],
      [others, other],
    ].map(([id, person]) => ({
      id,
      corp_id: 'ww1',
      kind: 'openid',
      scope: 'wx1',
      value: id,
      person_id: person,
      joined_by: 'first_seen',
      joined_at: at,
      created_at: at,
    })),
  )
  await database.fill(
    'shares',
    [
      { id: root, parent: null, forwards: 0, by: null },
      { id: byFriends, parent: root, forwards: 1, by: linsPhone },
      { id: byItself, parent: root, forwards: 1, by: linsPhone },
      { id: unopened, parent: root, forwards: 1, by: linsPhone },
      { id: nameless, parent: byFriends, forwards: 2, by: null },
    ].map(({ id, parent, forwards, by }) => ({
      id,
      corp_id: 'ww1',
      material_id: material,
      member_userid: 'ZhouXiaolan',
      entry: 'forward',
      parent_id: parent,
      forwards,
      forwarder_identity_id: by,
      state: 'sent',
      created_at: at,
    })),
  )
  await database.fill(
    'moments',
    [
      [others, byFriends, '2026-11-03T00:00:00Z'],
      [friends, byFriends, '2026-11-02T00:00:00Z'],
      [linsPhone, byFriends, '2026-11-01T09:00:00Z'],
      [linsWeb, byItself, at],
      [friends, root, at],
      [others, nameless, at],
    ].map(([who, share, when]) => ({
      id: randomUUID(),
      corp_id: 'ww1',
      identity_id: who,
      kind: 'material.view',
      occurred_at: when,
      updated_at: when,
      material_id: material,
      share_id: share,
    })),
  )
  await database.fill('rollup_deltas', [
    { material_id: material, share_id: root, identity_id: linsPhone, opens: 0, forwards: 7 },
  ])
  await database.migrate()
})
afterAll(() => database.drop())

test('forwards from before are counted once for each card that somebody else has opened, since the first of them', async () => {
  const { rows } = await database.client.query<{ id: string; at: Date }>(
    'select share_id as id, opened_at as at from opened_forwards',
  )
  expect(Object.fromEntries(rows.map(({ id, at }) => [id, at.toISOString()]))).toEqual({
    [byFriends ?? '']: '2026-11-02T00:00:00.000Z',
    [nameless ?? '']: '2026-11-01T08:00:00.000Z',
  })
  const counted = await database.client.query<{ of: string; who: string; forwards: number }>(
    `select share_id as "of", identity_id as who, sum(forwards)::int as forwards
    from rollup_deltas group by share_id, identity_id having sum(forwards) <> 0`,
  )
  expect(counted.rows).toEqual(
    expect.arrayContaining([
      { of: root, who: nobody, forwards: 1 },
      { of: byFriends, who: nobody, forwards: 1 },
    ]),
  )
  expect(counted.rows).toHaveLength(2)
})
