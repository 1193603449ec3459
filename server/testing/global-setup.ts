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
    /** The server in one file, as it ships. */
    serverEntry: string
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
      wal_level: 'minimal',
      max_wal_senders: '0',
      max_connections: '400',
    },
  })
  const client = new pg.Client({ connectionString: embedded.url })
  await client.connect()
  await client.query(`create database ${templateDatabase}`)
  await client.end()
  await migrateDatabase(databaseUrl(embedded.url, templateDatabase))
  project.provide('postgresUrl', embedded.url)
  const [sandbox, server] = await Promise.all([bundle('sandbox'), bundle('server')])
  project.provide('sandboxEntry', sandbox)
  project.provide('serverEntry', server)
  return async () => {
    await embedded.stop()
    await Promise.all([sandbox, server].map((entry) => rm(entry, { force: true })))
    await rm(dataDir, { recursive: true, force: true })
  }
}

/**
 * A program in one file: started as TypeScript it costs two seconds of a processor, each time.
 * Inside the project, where the program looks for its other files.
 */
async function bundle(program: 'sandbox' | 'server'): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const entry = join(root, `node_modules/.cache/chatside/${program}-${process.pid}.mjs`)
  const args = ['scripts/lib/bundle.mjs', `${program}/main.ts`, entry]
  await promisify(execFile)(process.execPath, args, { cwd: root })
  return entry
}

export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
