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
 * Opens the pool for requests. PostgreSQL plans each statement once, by its text alone, and never
 * reads a whole table. The pool connects on the first query. Close it with `db.$client.end()`.
 */
export function openDatabase(
  url: string,
  { connections = 10, onError }: DatabaseOptions = {},
): Database {
  return openPool({
    url,
    connections,
    onError,
    // The texts of our prepared statements differ where their plans should. Planning a page five
    // times per connection costs more than reading it a hundred times. In a new installation every
    // table is empty. A plan from that time must not read whole tables when they are full.
    settings: 'set plan_cache_mode = force_generic_plan; set enable_seqscan = off;',
    // A new connection signs in and plans every statement again, which costs a page 20 to 30 ms.
    // The pool's own limit of ten seconds is too short for that.
    idleMs: 10 * 60_000,
  })
}

/**
 * Opens the pool for ad hoc statements. PostgreSQL plans each for its parameters, and reads a whole
 * table where that is cheaper. It connects and closes as the other pool.
 */
export function openAdHocDatabase(
  url: string,
  { connections = 3, onError }: DatabaseOptions = {},
): Database {
  return openPool({ url, connections, onError, settings: '', idleMs: 60_000 })
}

interface PoolOptions extends DatabaseOptions {
  url: string
  /** Settings that each new connection gets. */
  settings: string
  /** An idle connection is closed after this time. */
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
    // Times in text are in UTC then, so no zone must be computed (times.ts).
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
  return withReturnedConnections(pool)
}

/**
 * Drizzle over the pool, whose transactions give their connection back in every case. Drizzle's own
 * keep it when BEGIN fails, as it does on a connection that PostgreSQL has just dropped. After ten
 * such failures nobody would get a connection any more, and the pool could not be closed.
 */
function withReturnedConnections(pool: pg.Pool): Database {
  const db: Database = drizzle(pool)
  const ofClients = new WeakMap<pg.PoolClient, NodePgDatabase>()

  db.transaction = async (work, config) => {
    const client = await pool.connect()
    try {
      const own = ofClients.get(client) ?? drizzle(client)
      ofClients.set(client, own)
      return await own.transaction(work, config)
    } finally {
      client.release()
    }
  }
  return db
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
