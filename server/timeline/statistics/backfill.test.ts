import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { migrateDatabase } from '../../base/db/database.ts'
import { nobody } from '../../base/db/nobody.ts'
import { dropDatabase, emptyDatabase } from '../../testing/test-database.ts'

const migrations = new URL('../../base/db/migrations/', import.meta.url)
const first = '0010_believed-and-present'

const [material, root] = [randomUUID(), randomUUID()]
/** Opened by two friends; by its forwarder on another device only; by nobody; of nobody known. */
const [byFriends, byItself, unopened, nameless] = [0, 1, 2, 3].map(() => randomUUID())
const [lin, friend, other] = [0, 1, 2].map(() => randomUUID())
const [linsPhone, linsWeb, friends, others] = [0, 1, 2, 3].map(() => randomUUID())

let url: string
let folder: string
let client: pg.Client

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chatside-migrations-'))
  await cp(migrations, folder, { recursive: true })
  const journal = join(folder, 'meta/_journal.json')
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8')) as {
    entries: { tag: string }[]
  }
  const until = entries.findIndex(({ tag }) => tag === first)
  await writeFile(journal, JSON.stringify({ ...rest, entries: entries.slice(0, until) }))
  url = await emptyDatabase(inject('postgresUrl'))
  client = new pg.Client({ connectionString: url })
  await client.connect()
  await migrate(drizzle(client), { migrationsFolder: folder })
  await client.query('set session_replication_role = replica')
  const fill = (table: string, columns: string, rows: unknown[][]) =>
    client.query(
      `insert into ${table} (${columns}) values ${rows
        .map(
          (row) =>
            `(${row.map((value) => (value === null ? 'null' : `'${String(value)}'`)).join()})`,
        )
        .join()}`,
    )
  const at = '2026-11-01T08:00:00Z'
  await fill(
    'identities',
    'id, corp_id, kind, scope, value, person_id, joined_by, joined_at, created_at',
    [
      [linsPhone, lin],
      [linsWeb, lin],
      [friends, friend],
      [others, other],
    ].map(([id, person]) => [id, 'ww1', 'openid', 'wx1', id, person, 'first_seen', at, at]),
  )
  await fill(
    'shares',
    'id, corp_id, material_id, member_userid, entry, parent_id, forwards, forwarder_identity_id, state, created_at',
    [
      [root, null, 0, null],
      [byFriends, root, 1, linsPhone],
      [byItself, root, 1, linsPhone],
      [unopened, root, 1, linsPhone],
      [nameless, byFriends, 2, null],
    ].map(([id, parent, forwards, by]) => [
      ...[id, 'ww1', material, 'ZhouXiaolan', 'forward'],
      ...[parent, forwards, by, 'sent', at],
    ]),
  )
  await fill(
    'moments',
    'id, corp_id, identity_id, kind, occurred_at, updated_at, material_id, share_id',
    [
      [others, byFriends, '2026-11-03T00:00:00Z'],
      [friends, byFriends, '2026-11-02T00:00:00Z'],
      [linsPhone, byFriends, '2026-11-01T09:00:00Z'],
      [linsWeb, byItself, at],
      [friends, root, at],
      [others, nameless, at],
    ].map(([who, share, when]) => [
      ...[randomUUID(), 'ww1', who, 'material.view', when, when, material, share],
    ]),
  )
  await fill('rollup_deltas', 'material_id, share_id, identity_id, opens, forwards', [
    [material, root, linsPhone, 0, 7],
  ])
  await migrateDatabase(url)
})
afterAll(async () => {
  await client.end()
  await dropDatabase(inject('postgresUrl'), url)
  await rm(folder, { recursive: true })
})

test('forwards from before are counted once for each card that somebody else has opened, since the first of them', async () => {
  const { rows } = await client.query<{ id: string; at: Date }>(
    'select share_id as id, opened_at as at from opened_forwards',
  )
  expect(Object.fromEntries(rows.map(({ id, at }) => [id, at.toISOString()]))).toEqual({
    [byFriends ?? '']: '2026-11-02T00:00:00.000Z',
    [nameless ?? '']: '2026-11-01T08:00:00.000Z',
  })
  const counted = await client.query<{ of: string; who: string; forwards: number }>(
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
