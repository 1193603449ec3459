import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { exportPersonalData } from '../../shared/contract/privacy.ts'
import { folded } from '../../shared/rules/folded.ts'
import { type DatabaseBefore, databaseBefore } from '../testing/database/before.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'

/** The rows that an earlier server had made, table by table. */
interface Before {
  identityId: string
  words: string[]
  tables: Record<string, Record<string, unknown>[]>
}

const before = JSON.parse(
  readFileSync(new URL('../testing/database/before-connections.json', import.meta.url), 'utf8'),
) as Before

let database: DatabaseBefore
let app: TestApp

beforeAll(async () => {
  // The first migration that made rows of connections.
  database = await databaseBefore(inject('postgresUrl'), '0004_connections-are-rows')
  for (const [table, rows] of Object.entries(before.tables)) await database.fill(table, rows)
  await database.migrate()
  app = await makeTestApp({ databaseUrl: database.url })
})
afterAll(async () => {
  await app.stop()
  await database.drop()
})

function rowsBefore(table: string): Record<string, unknown>[] {
  return before.tables[table] ?? []
}

async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
  const { rows } = await app.db.$client.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(one) as row from ${table} as one`,
  )
  return rows.map(({ row }) => row)
}

test('a database of before keeps every row of every table', async () => {
  for (const [table, rows] of Object.entries(before.tables)) {
    const moved = table === 'once_values' ? 1 : 0
    expect([table, (await rowsOf(table)).length]).toEqual([table, rows.length - moved])
  }
})

test('what WeCom was asked lately is remembered in its own table', async () => {
  const [asked] = rowsBefore('once_values').filter(({ kind }) => kind === 'unionid_conversion')
  expect(await rowsOf('asked_lately')).toMatchObject([
    {
      kind: asked?.['kind'],
      value: asked?.['value'],
      identity_id: before.identityId,
      result: 'asked',
    },
  ])
  expect((await rowsOf('once_values')).map(({ kind }) => kind)).toEqual(['wecom_state'])
})

test('tokens in clear text are gone; the calls of the hour are still counted', async () => {
  const tokens = await rowsOf('platform_tokens')
  expect(tokens.map(({ value }) => value)).toEqual(tokens.map(() => null))
  const clear = rowsBefore('platform_tokens').map(({ value }) => value)
  expect(JSON.stringify(tokens)).not.toContain(clear[0])
  expect(await rowsOf('platform_calls')).toHaveLength(rowsBefore('platform_calls').length)
})

test('a push that waits belongs to the connection of its app', async () => {
  const [connection] = (await rowsOf('connections')).filter(({ kind }) => kind === 'wecom_app')
  const waiting = (await rowsOf('callbacks')).filter(({ state }) => state === 'waiting')
  expect(waiting).toMatchObject([{ connection: connection?.['id'], platform: 'wecom' }])
})

test('the materials of before are found by their titles, folded', async () => {
  const titles = rowsBefore('materials').map(({ title }) => title)
  expect(titles.length).toBeGreaterThan(0)
  for (const row of await rowsOf('materials'))
    expect(row['folded']).toBe(`${folded(String(row['title']))}\n${folded(String(row['summary']))}`)
})

test('the person of before reads all of their own data', async () => {
  const text = JSON.stringify(
    await app.call(exportPersonalData, {}, app.visitor(before.identityId)),
  )
  expect(before.words.filter((word) => !text.includes(word))).toEqual([])
})
