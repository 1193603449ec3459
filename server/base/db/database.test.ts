import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { type Database, openDatabase } from './database.ts'

let app: TestApp

beforeAll(async () => {
  app = await makeTestApp()
  await app.db.$client.query(`
    create table parcels (id int primary key, country text not null, weight float8 not null);
    insert into parcels select id, case when id % 1000 = 0 then 'is' else 'cn' end, id
      from generate_series(1, 20000) as id;
    create index parcels_country on parcels (country);
    analyze parcels`)
})
afterAll(() => app.stop())

async function shown({ $client }: Database, setting: string): Promise<string | undefined> {
  const { rows } = await $client.query<{ value: string }>('select current_setting($1) as value', [
    setting,
  ])
  return rows[0]?.value
}

/** Returns how PostgreSQL reads the rows of this country. */
async function scanOf({ $client }: Database, country: string): Promise<string | undefined> {
  const { rows } = await $client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    'explain (format json) select sum(weight) from parcels where country = $1',
    [country],
  )
  return lowest(rows[0]?.['QUERY PLAN'][0].Plan)?.['Node Type']
}

interface PlanNode {
  'Node Type': string
  Plans?: PlanNode[]
}

function lowest(node?: PlanNode): PlanNode | undefined {
  return node?.Plans?.[0] ? lowest(node.Plans[0]) : node
}

test('a transaction that cannot even begin gives its connection back', async () => {
  const own = openDatabase(app.databaseUrl, { connections: 1 })
  try {
    const wrong = { isolationLevel: 'none such' as 'serializable' }
    for (let time = 0; time < 3; time += 1)
      await expect(own.transaction(() => Promise.resolve(), wrong)).rejects.toThrow(/begin/i)
    expect(await own.transaction((tx) => tx.execute('select 1 as one'))).toMatchObject({
      rows: [{ one: 1 }],
    })
  } finally {
    await own.$client.end()
  }
})

describe('the connections of requests', () => {
  test('make one plan for a statement and never read a whole table', async () => {
    expect(await shown(app.ctx.db, 'plan_cache_mode')).toBe('force_generic_plan')
    expect(await shown(app.ctx.db, 'enable_seqscan')).toBe('off')
    expect(await scanOf(app.ctx.db, 'cn')).not.toBe('Seq Scan')
  })
})

describe('the connections of ad hoc statements', () => {
  test('have the settings of the database', async () => {
    expect(await shown(app.ctx.adHoc, 'plan_cache_mode')).toBe('auto')
    expect(await shown(app.ctx.adHoc, 'enable_seqscan')).toBe('on')
  })

  test('look up a few of many rows, and read the whole table for most of them', async () => {
    expect(await scanOf(app.ctx.adHoc, 'is')).toMatch(/Index/)
    expect(await scanOf(app.ctx.adHoc, 'cn')).toBe('Seq Scan')
  })
})

test('times are in UTC on both', async () => {
  expect(await shown(app.ctx.db, 'TimeZone')).toBe('UTC')
  expect(await shown(app.ctx.adHoc, 'TimeZone')).toBe('UTC')
})

test('a statement on either can be lost with its connection, and the next one is answered', async () => {
  for (const db of [app.ctx.db, app.ctx.adHoc]) {
    await expect(
      db.$client.query('select pg_terminate_backend(pg_backend_pid())'),
    ).rejects.toThrow()
    expect(await shown(db, 'TimeZone')).toBe('UTC')
  }
})

test('a server that was closed leaves no connection behind', async () => {
  const other = await makeTestApp({ beside: app })
  const connections = async () => {
    const { rows } = await app.db.$client.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
    return rows[0]?.count
  }
  const before = await connections()
  await other.ctx.adHoc.$client.query('select')
  expect(await connections()).toBe((before ?? 0) + 1)
  await other.stop()
  await expect(other.ctx.adHoc.$client.query('select')).rejects.toThrow()
  await expect.poll(connections).toBeLessThanOrEqual(before ?? 0)
})
