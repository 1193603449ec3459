import { startBareKoa, startPlainKoa } from './bare.ts'
import { secret, type Ground } from './ground.ts'
import { makePlainTable, plainTable } from './plain.ts'
import type { Load } from './load.ts'
import { report } from './report.ts'
import { rounds, seconds } from './size.ts'
import { cpuSeconds } from './usage.ts'

const batch = 20
const visitors = 500
/**
 * More than a round can send. Each request is prepared, so a higher number costs memory but changes
 * no figure.
 */
const mostEvents = 60_000 * seconds

/**
 * Compares batches of twenty, end to end, with what the driver and the database can do with the
 * same rows.
 */
export async function trackBatches(ground: Ground): Promise<void> {
  const { generator, databaseUrl, servers } = ground
  const readers = await ground.readers(visitors)
  const table = 'bench_events'
  await ground.pool.query(
    `drop table if exists ${table}; create table ${table} (like events including all)`,
  )
  const insert = (how: 'json' | 'copy', eventsEach: number) =>
    generator.insert({
      databaseUrl,
      table,
      how,
      eventsEach,
      inFlight: how === 'copy' ? 1 : 8,
      seconds,
      count: mostEvents / eventsEach,
      readers,
    })
  const track = (from: typeof readers) =>
    generator.http({
      origins: [servers[0] ?? ''],
      connections: 50,
      seconds,
      requests: { kind: 'track', eventsEach: batch, count: mostEvents / batch, readers: from },
    })

  const raw20: number[] = []
  const raw100: number[] = []
  const copied: number[] = []
  const many: number[] = []
  const one: number[] = []
  const p99: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const results = [
      await settled(() => insert('json', 20)),
      await settled(() => insert('json', 100)),
      await settled(() => insert('copy', 100)),
    ]
    await ground.pool.query(`truncate ${table}`)
    const spread = await settled(() => track(readers))
    const hot = await settled(() => track(readers.slice(0, 1)))
    // The first round warms everything up.
    if (round === 0) continue
    raw20.push(results[0] ?? 0)
    raw100.push(results[1] ?? 0)
    copied.push(results[2] ?? 0)
    many.push(spread.perSecond * batch)
    p99.push(spread.p99)
    one.push(hot.perSecond * batch)
  }
  await ground.pool.query(`drop table ${table}`)
  report(
    `POST /api/track in batches of ${batch}, 50 connections, events`,
    [
      { what: 'raw insert, 20 a statement, 8 in flight', unit: 'per second', samples: raw20 },
      { what: 'raw insert, 100 a statement, 8 in flight', unit: 'per second', samples: raw100 },
      { what: 'COPY into the indexed table', unit: 'per second', samples: copied },
      {
        what: `${visitors} visitors ÷ raw insert of 20`,
        unit: 'per second',
        samples: many,
        limit: raw20,
        goal: { atLeast: 0.5 },
      },
      {
        what: `${visitors} visitors ÷ raw insert of 100`,
        unit: 'per second',
        samples: many,
        limit: raw100,
      },
      { what: `${visitors} visitors ÷ COPY`, unit: 'per second', samples: many, limit: copied },
      { what: `${visitors} visitors, p99 of a request`, unit: 'ms', samples: p99 },
      {
        what: 'one hot visitor ÷ raw insert of 20',
        unit: 'per second',
        samples: one,
        limit: raw20,
      },
      ...umami(batch, many),
    ],
    [
      `raw: one JSON parameter, prepared beforehand, no HTTP, no checks, no moments, no NOTIFY; ${umamiNote}`,
    ],
  )

  /**
   * Waits for a checkpoint that the round before has caused, so that it does not fall into this
   * round.
   */
  async function settled<T>(work: () => Promise<T>): Promise<T> {
    await ground.pool.query('checkpoint')
    return work()
  }
}

/**
 * Compares one event a request with a Koa that appends it to a plain table as durably, in groups as
 * we do. Beside it stands Koa alone, which keeps nothing.
 */
export async function trackOne(ground: Ground): Promise<void> {
  await makePlainTable(ground.pool)
  const bare = await startBareKoa()
  const plain = await startPlainKoa(ground.databaseUrl, secret)
  const readers = await ground.readers(visitors)
  const load = async (origin: string) => {
    await ground.pool.query('checkpoint')
    return ground.generator.http({
      origins: [origin],
      connections: 64,
      seconds,
      requests: { kind: 'track', eventsEach: 1, count: 25_000 * seconds, readers },
    })
  }
  const rates = { koa: [] as number[], plain: [] as number[], ours: [] as number[] }
  const p99 = { koa: [] as number[], plain: [] as number[], ours: [] as number[] }
  let appendedCount = 0
  /** Of the server or Koa, and of PostgreSQL. Other programs hardly change it. */
  const processor = { plain: [] as number[], ours: [] as number[] }
  const cores = { server: [] as number[], postgres: [] as number[], generator: [] as number[] }
  try {
    for (let round = 0; round <= rounds; round++) {
      const koa = await load(bare.origin)
      const idle = { koa: await cpuSeconds(plain.pid), ...(await ground.cpu()) }
      const appended = await load(plain.origin)
      appendedCount += appended.latencies.length
      const koaSeconds = (await cpuSeconds(plain.pid)) - idle.koa
      const before = await ground.cpu()
      const ours = await load(ground.servers[0] ?? '')
      const after = await ground.cpu()
      if (round === 0) continue
      for (const [name, { perSecond, p99: slow }] of Object.entries({
        koa,
        plain: appended,
        ours,
      }) as [keyof typeof rates, typeof ours][]) {
        rates[name].push(perSecond)
        p99[name].push(slow)
      }
      const ourSeconds = (after.servers[0] ?? 0) - (before.servers[0] ?? 0)
      const each = (seconds: number, { latencies }: Load) => (seconds * 1e6) / latencies.length
      processor.plain.push(each(koaSeconds + before.postgres - idle.postgres, appended))
      processor.ours.push(each(ourSeconds + after.postgres - before.postgres, ours))
      const elapsed = ours.latencies.length / ours.perSecond
      cores.server.push(ourSeconds / elapsed)
      cores.postgres.push((after.postgres - before.postgres) / elapsed)
      cores.generator.push(ours.cores)
    }
    await proveKept(ground, appendedCount)
  } finally {
    bare.stop()
    plain.stop()
    await ground.pool.query(`drop table ${plainTable}`)
  }
  report(
    'POST /api/track, one event a request, 64 connections',
    [
      {
        what: 'bare Koa, same reading and parsing of the body',
        unit: 'per second',
        samples: rates.koa,
      },
      {
        what: 'Koa that appends to a plain table, as durably',
        unit: 'per second',
        samples: rates.plain,
      },
      {
        what: 'ours ÷ Koa that appends',
        unit: 'per second',
        samples: rates.ours,
        limit: rates.plain,
        goal: { atLeast: 0.6 },
      },
      { what: 'ours ÷ bare Koa', unit: 'per second', samples: rates.ours, limit: rates.koa },
      { what: 'bare Koa, p99', unit: 'ms', samples: p99.koa },
      { what: 'Koa that appends, p99', unit: 'ms', samples: p99.plain },
      { what: 'ours, p99', unit: 'ms', samples: p99.ours },
      {
        what: 'processor a request, Koa that appends and PostgreSQL',
        unit: 'µs',
        samples: processor.plain,
      },
      {
        what: 'processor a request, our server and PostgreSQL',
        unit: 'µs',
        samples: processor.ours,
        limit: processor.plain,
      },
      { what: 'cores used by the server', unit: 'cores', samples: cores.server },
      { what: 'cores used by PostgreSQL', unit: 'cores', samples: cores.postgres },
      { what: 'cores used by the generator', unit: 'cores', samples: cores.generator },
      ...umami(1, rates.ours),
    ],
    [
      'Koa that appends: same driver, one INSERT of all who wait per commit, synchronous_commit on, a primary key',
      'bare Koa keeps nothing, so it sets no goal: two cores pay for the database too',
      umamiNote,
    ],
  )
}

/** Checks that the yardstick kept every event that it acknowledged. */
async function proveKept({ pool }: Ground, answered: number): Promise<void> {
  const { rows } = await pool.query<{ kept: number }>(
    `select count(*)::int as kept from ${plainTable}`,
  )
  const kept = rows[0]?.kept ?? 0
  if (kept < answered) throw new Error(`it answered for ${answered} events and kept ${kept}`)
}

/**
 * Rows a second of Umami 3.1.0 with three properties, by events a request. It cannot be installed
 * without its build, and was not measured in this run.
 */
const umamiRates: Readonly<Record<number, number>> = { 1: 233, 20: 367 }
const umamiNote =
  'Umami 3.1.0: measured on another day on a machine of this kind (2 cores, PostgreSQL 15), not in this run'

function umami(eventsEach: number, ours: readonly number[]) {
  const rate = umamiRates[eventsEach]
  if (rate === undefined) return []
  return [
    {
      what: `ours ÷ Umami 3.1.0 (${rate}/s, another day)`,
      unit: 'per second',
      samples: ours,
      limit: [rate],
    } as const,
  ]
}
