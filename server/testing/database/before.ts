import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { migrateDatabase } from '../../base/db/database.ts'
import { dropDatabase, emptyDatabase } from './test-database.ts'

const migrations = new URL('../../base/db/migrations/', import.meta.url)

/** A database as it stood before a migration. A test fills it with rows of that time. */
export interface DatabaseBefore {
  url: string
  client: pg.Client
  /** Stores rows with the same columns. The other columns have their defaults. */
  fill(table: string, rows: readonly object[]): Promise<void>
  /** Runs all the migrations that are missing. */
  migrate(): Promise<void>
  drop(): Promise<void>
}

/** `first` is the tag of the first migration that is missing, e.g. `0012_refusals-of-each`. */
export async function databaseBefore(server: string, first: string): Promise<DatabaseBefore> {
  const url = await emptyDatabase(server)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await migrateUntil(client, first)
  // Rows of before may name others that the test does not need.
  await client.query('set session_replication_role = replica')
  return {
    url,
    client,
    async fill(table, rows) {
      const columns = Object.keys(rows[0] ?? {}).map((name) => pg.escapeIdentifier(name))
      await client.query(
        `insert into ${table} (${columns.join()}) overriding system value
         select ${columns.join()} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
        [JSON.stringify(rows)],
      )
    },
    migrate: () => migrateDatabase(url),
    async drop() {
      await client.end()
      await dropDatabase(server, url)
    },
  }
}

async function migrateUntil(client: pg.Client, first: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'chatside-migrations-'))
  await cp(migrations, folder, { recursive: true })
  const journal = join(folder, 'meta/_journal.json')
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8')) as {
    entries: { tag: string }[]
  }
  const until = entries.findIndex(({ tag }) => tag === first)
  if (until < 0) throw new Error(`there is no migration ${first}`)
  await writeFile(journal, JSON.stringify({ ...rest, entries: entries.slice(0, until) }))
  await migrate(drizzle(client), { migrationsFolder: folder })
  await rm(folder, { recursive: true })
}
