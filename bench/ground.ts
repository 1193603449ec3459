import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePorts, launch, type Launched } from '../scripts/lib/launch.mjs'
import { openRandom, systemClock } from '../server/base/clock.ts'
import { startEmbedded } from '../server/base/db/embedded/embedded.ts'
import { memberCookie } from '../server/base/http/session/identify.ts'
import { openSessions } from '../server/base/http/session/sessions.ts'
import { populate, type Customer, type History } from './generate.ts'
import { startGenerator, type Generator } from './load.ts'
import { cpuSeconds, cpuSecondsOfFamily, fineCpuSecondsOfFamily, parentOf } from './usage.ts'
import type { Reader } from './visits.ts'

type Headers = Readonly<Record<string, string>>

/**
 * Servers and a sandbox with the settings of `npm start`. The database waits for the disk as in
 * production.
 */
export interface Ground {
  readonly servers: readonly string[]
  readonly sandbox: string
  readonly webview: string
  readonly dataDir: string
  readonly databaseUrl: string
  readonly pool: pg.Pool
  readonly corpId: string
  /** The platforms' accounts in the sandbox, for other programs that are servers too. */
  readonly env: Readonly<Record<string, string>>
  readonly userId: string
  readonly member: Headers
  readonly generator: Generator
  memberHeaders(userId: string): Headers
  /** Returns ten thousand people; the first call makes them. */
  history(): Promise<History>
  /** Returns some of them, as their phones see it. */
  readers(count: number): Promise<Reader[]>
  /** Returns a customer as the phone sees it. */
  reader(customer: Customer): Reader
  /** Returns the processor seconds so far. */
  cpu(): Promise<{ servers: number[]; postgres: number }>
  /** Of PostgreSQL, to the nanosecond: for what takes milliseconds. */
  postgresCpu(): Promise<number>
  serverPid(index: number): number
  /** Returns the version of PostgreSQL. */
  version(): Promise<string>
  close(): Promise<void>
}

export interface GroundOptions {
  servers?: number
  /** Overrides our variables. */
  env?: Readonly<Record<string, string>>
}

export const secret = 'a secret of the benchmarks, long enough for anybody'

export async function openGround({
  servers: count = 2,
  env: extra = {},
}: GroundOptions = {}): Promise<Ground> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chatside-bench-'))
  // As root, the database would otherwise lie elsewhere, where its user can go, and outlive us.
  await chmod(dataDir, 0o755)
  const embedded = await startEmbedded(dataDir, { settings: extraSettings() })
  const [sandboxPort = 0, webviewPort = 0, ...ports] = await freePorts(2 + count, 4660)
  const settings = {
    DATABASE_URL: embedded.url,
    SESSION_SECRET: secret,
    RATE_LIMIT: '0',
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    ...extra,
  }
  const launches: Launched[] = []
  try {
    // The sandbox sends to two servers at most. The others get its accounts by their environment.
    const [first, others] = [ports.slice(0, 2), ports.slice(2)]
    const none = { sandbox: 0, webview: 0 }
    launches.push(
      await launch({
        dataDir,
        ports: { servers: first, sandbox: sandboxPort, webview: webviewPort },
        env: settings,
      }),
    )
    const { env } = await credentials(sandboxPort)
    if (others.length > 0)
      launches.push(
        await launch({
          dataDir,
          ports: { servers: others, ...none },
          env: { ...env, ...settings },
          withSandbox: false,
        }),
      )
  } catch (error) {
    // PostgreSQL does not end with us.
    await Promise.all(launches.map((launched) => launched.stop()))
    await embedded.stop()
    await rm(dataDir, { recursive: true, force: true })
    throw error
  }
  const programs = launches.flatMap(({ servers }) => servers)
  const sandbox = `http://localhost:${sandboxPort}`
  const pool = new pg.Pool({ connectionString: embedded.url, max: 20 })
  const generator = startGenerator()
  const sessions = openSessions(secret, systemClock, openRandom(systemClock))

  const { env } = await credentials(sandboxPort)
  const corpId = required(env['WECOM_CORP_ID'])
  const state = await ask<{ customers: { follows: { memberId: string }[] }[] }>(
    `${sandbox}/_sandbox/state`,
  )
  const userId = required(state.customers.flatMap(({ follows }) => follows)[0]).memberId
  const backend = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
  const postmaster = await parentOf(required(backend.rows[0]).pid)
  let history: Promise<History> | undefined

  async function madeHistory(): Promise<History> {
    const client = await pool.connect()
    try {
      return (await populate(client, { corpId, member: userId })).history
    } finally {
      client.release()
    }
  }

  const ground: Ground = {
    servers: ports.map((port) => `http://localhost:${port}`),
    sandbox,
    webview: `http://localhost:${webviewPort}`,
    dataDir,
    databaseUrl: embedded.url,
    pool,
    corpId,
    env,
    userId,
    member: headersOf(userId),
    generator,
    memberHeaders: headersOf,
    history: () => (history ??= madeHistory()),
    async readers(many) {
      const { population } = await ground.history()
      // Neither the most active ones only, nor the least.
      const stride = Math.floor(population.customers.length / many)
      return Array.from({ length: many }, (_, index) =>
        ground.reader(required(population.customers[index * stride])),
      )
    },
    reader({ visitorIdentityId: identityId, shareIds }) {
      const { token } = sessions.sign({ kind: 'visitor', corpId, identityId }, 24 * 3600)
      return { token, corpId, identityId, shareIds }
    },
    async cpu() {
      const pids = programs.map(({ pid }) => pid ?? 0)
      const [postgres, ...servers] = await Promise.all([
        cpuSecondsOfFamily(postmaster),
        ...pids.map(cpuSeconds),
      ])
      return { servers, postgres }
    },
    postgresCpu: () => fineCpuSecondsOfFamily(postmaster),
    serverPid: (index) => required(programs[index]?.pid),
    async version() {
      const { rows } = await pool.query<{ server_version: string }>('show server_version')
      return rows[0]?.server_version ?? 'unknown'
    },
    async close() {
      generator.stop()
      await pool.end()
      for (const launched of launches.reverse()) await launched.stop()
      await embedded.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  return ground

  function headersOf(user: string): Headers {
    return {
      Cookie: `${memberCookie}=${sessions.sign({ kind: 'member', corpId, userId: user }, 24 * 3600).token}`,
    }
  }
}

function credentials(port: number): Promise<{ env: Record<string, string> }> {
  return ask(`http://localhost:${port}/_sandbox/credentials`)
}

/**
 * Returns more settings of PostgreSQL, for a closer look, from BENCH_POSTGRES. For example:
 * `shared_preload_libraries=pg_stat_statements pg_stat_statements.track_planning=on`.
 */
function extraSettings(): Record<string, string> {
  const given = process.env.BENCH_POSTGRES?.split(' ').filter(Boolean) ?? []
  return Object.fromEntries(given.map((setting) => setting.split('=', 2)))
}

/** Sends JSON and returns JSON. Any answer but a 2xx ends the benchmark. */
export async function ask<T>(url: string, headers: Headers = {}, body?: unknown): Promise<T> {
  const answer = await fetch(url, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the scene has not what the benchmark needs')
  return value
}
