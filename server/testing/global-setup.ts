import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrateDatabase } from '../base/db/database.ts'
import { startEmbedded } from '../base/db/embedded/embedded.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's maintenance database. `chatside_template` beside it is migrated and empty. */
    postgresUrl: string
    /** The sandbox in one file. */
    sandboxEntry: string
  }
}

export const templateDatabase = 'chatside_template'

/**
 * Starts one PostgreSQL for the whole run. It need not survive a power cut, so it does not wait for
 * the disk.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chatside-test-'))
  // As root, the database would otherwise lie elsewhere, where its user can go.
  await chmod(dataDir, 0o755)
  const embedded = await startEmbedded(dataDir, {
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '400',
    },
  })
  const client = new pg.Client({ connectionString: embedded.url })
  await client.connect()
  await client.query(`create database ${templateDatabase}`)
  await client.end()
  await migrateDatabase(databaseUrl(embedded.url, templateDatabase))
  project.provide('postgresUrl', embedded.url)
  // Inside the project, where the sandbox looks for its other files.
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const entry = join(root, `node_modules/.cache/chatside/sandbox-${process.pid}.mjs`)
  await promisify(execFile)(
    process.execPath,
    ['scripts/lib/bundle.mjs', 'sandbox/main.ts', entry],
    {
      cwd: root,
    },
  )
  project.provide('sandboxEntry', entry)
  return async () => {
    await embedded.stop()
    await rm(entry, { force: true })
    await rm(dataDir, { recursive: true, force: true })
  }
}

export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
