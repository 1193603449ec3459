import { fileURLToPath } from 'node:url'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'

/**
 * Drizzle over a `pg` pool. Hand-written SQL runs by `db.execute(sql…)`, or by
 * `db.$client.query(…)` on hot paths.
 */
export type Database = NodePgDatabase & { $client: pg.Pool }
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
/** For functions that run alone or inside a caller's transaction. */
export type Queryable = Database | Transaction

export interface DatabaseOptions {
  /** Connections of this process; the listener holds one more. */
  connections?: number | undefined
  onError?: ((error: Error) => void) | undefined
}

/**
 * For requests: each statement is planned once, by its text alone, and never reads a whole table.
 * Opens a pool; it connects on the first query. Close it with `db.$client.end()`.
 */
export function openDatabase(
  url: string,
  { connections = 10, onError }: DatabaseOptions = {},
): Database {
  return openPool({
    url,
    connections,
    onError,
    // The texts of our prepared statements differ where their plans should; planning a page five
    // times for each connection costs more than reading it a hundred times. And a plan that was
    // made while a table was empty, as every table of a new installation is, must not walk through
    // it when it is full.
    settings: 'set plan_cache_mode = force_generic_plan; set enable_seqscan = off;',
    // A new one signs in and plans every statement anew, 20 to 30 ms of somebody's page; ten
    // seconds of quiet, the pool's own measure, are no reason for that.
    idleMs: 10 * 60_000,
  })
}

/**
 * For ad hoc statements: PostgreSQL plans each for its parameters, and reads a whole table where
 * that is cheaper. Opened and closed as the other one.
 */
export function openAdHocDatabase(
  url: string,
  { connections = 3, onError }: DatabaseOptions = {},
): Database {
  return openPool({ url, connections, onError, settings: '', idleMs: 60_000 })
}

interface PoolOptions extends DatabaseOptions {
  url: string
  /** What a connection is told when it opens. */
  settings: string
  /** A connection that nobody needs for so long is closed. */
  idleMs: number
}

function openPool({ url, connections, onError, settings, idleMs }: PoolOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    // A phone does not wait longer. A refusal says when to try again.
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: idleMs,
    application_name: 'chatside',
    keepAlive: true,
    // Times in text are in UTC then, and need not be computed (times.ts).
    onConnect: async (client) => {
      await client.query(`${settings} set timezone = 'UTC'`)
    },
  })
  // An idle connection may break when PostgreSQL restarts. The process must not end; the pool
  // replaces the connection.
  pool.on('error', (error) => onError?.(error))
  // A connection may also break between two statements of a transaction. The next statement rejects
  // then.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return drizzle(pool)
}

const mostTries = 4

/**
 * Runs `work` in one transaction. After a deadlock or a serialization failure it rolls back and
 * runs `work` again, so `work` must have no outside effects.
 */
export async function transact<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction(work)
    } catch (error) {
      if (attempt >= mostTries || !isConflict(error)) throw error
    }
  }
}

/**
 * Returns the SQLSTATE of a failed statement, through Drizzle's wrapper, or undefined when
 * PostgreSQL did not cause the error.
 */
export function sqlState(error: unknown): string | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof pg.DatabaseError) return inner.code
  }
  return undefined
}

/**
 * SQLSTATEs of a database that cannot serve now: connection lost, no room on the disk or for
 * connections, shutting down or starting, read-only during a fail-over, disk errors.
 */
const notNow = /^(08|53|57P0|58|25006)/
const lineIsDown = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)$/
/** pg throws these messages without a code. */
const lineBroke =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/**
 * Whether the database could not serve, although the request was right. The same request may
 * succeed in a moment.
 */
export function isDatabaseDown(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if (inner instanceof pg.DatabaseError) return notNow.test(inner.code ?? '')
    if ('code' in inner && typeof inner.code === 'string' && lineIsDown.test(inner.code))
      return true
    if (lineBroke.test(inner.message)) return true
  }
  return false
}

function isConflict(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40001' || state === '40P01'
}

const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url))
const migrationLock = 4_276_101

/**
 * Applies the missing migrations. Drizzle's migrator has no lock of its own, so two servers that
 * start at once would race and fail.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'chatside migration',
  })
  // A connection may break between two statements. The process must not end; the next statement
  // rejects.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrate(drizzle(client), { migrationsFolder })
  } finally {
    // The end of the session releases the lock.
    await client.end()
  }
}
