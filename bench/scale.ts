import pg from 'pg'
import { openGround, type Ground } from './ground.ts'
import { report, type Figure } from './report.ts'
import { rounds, seconds } from './size.ts'

const batch = 20
const mostServers = 4

/**
 * Runs one, two and four servers on one PostgreSQL and shows who uses the cores: that is where
 * another server stops helping.
 */
export async function moreServers(): Promise<void> {
  const ground = await openGround({ servers: mostServers })
  try {
    const readers = await ground.readers(500)
    const figures: Figure[] = []
    let alone: number[] | undefined
    for (const count of [1, 2, mostServers]) {
      const rates: number[] = []
      const cores = { servers: [] as number[], postgres: [] as number[], generator: [] as number[] }
      for (let round = 0; round <= rounds; round++) {
        await ground.pool.query('checkpoint')
        const before = await ground.cpu()
        const load = await ground.generator.http({
          origins: ground.servers.slice(0, count),
          connections: 64,
          seconds,
          requests: { kind: 'track', eventsEach: batch, count: 3_000 * seconds, readers },
        })
        const after = await ground.cpu()
        if (round === 0) continue
        const elapsed = load.latencies.length / load.perSecond
        const used = after.servers.reduce(
          (sum, value, index) => sum + value - (before.servers[index] ?? 0),
          0,
        )
        rates.push(load.perSecond * batch)
        cores.servers.push(used / elapsed)
        cores.postgres.push((after.postgres - before.postgres) / elapsed)
        cores.generator.push(load.cores)
      }
      alone ??= rates
      const name = count === 1 ? '1 server' : `${count} servers`
      figures.push(
        {
          what: `${name}, events`,
          unit: 'per second',
          samples: rates,
          ...(count > 1 && { limit: alone }),
        },
        { what: `${name}: cores of the servers`, unit: 'cores', samples: cores.servers },
        { what: `${name}: cores of PostgreSQL`, unit: 'cores', samples: cores.postgres },
        { what: `${name}: cores of the generator`, unit: 'cores', samples: cores.generator },
      )
    }
    report(
      'POST /api/track in batches of 20 to more servers on one PostgreSQL, 64 connections (limit: 1 server)',
      figures,
    )
    await notifyCost(ground)
  } finally {
    await ground.close()
  }
}

/**
 * Measures the cost of notices where it is highest: many small commits at once. PostgreSQL commits
 * transactions with a notice one at a time.
 */
async function notifyCost(ground: Ground): Promise<void> {
  const readers = await ground.readers(500)
  const table = 'bench_events'
  await ground.pool.query(
    `drop table if exists ${table}; create table ${table} (like events including all)`,
  )
  const listeners = await Promise.all(
    Array.from({ length: mostServers }, async () => {
      const client = new pg.Client({ connectionString: ground.databaseUrl })
      await client.connect()
      await client.query('listen bench')
      return client
    }),
  )
  const rates = {
    plain: [] as number[],
    notified: [] as number[],
    grouped: [] as number[],
    groupedNotified: [] as number[],
  }
  const insert = (eventsEach: number, notify: boolean) =>
    ground.generator.insert({
      databaseUrl: ground.databaseUrl,
      table,
      how: 'json',
      eventsEach,
      inFlight: 16,
      seconds: seconds / 2,
      count: eventsEach === 1 ? 12_000 * seconds : 400 * seconds,
      readers,
      ...(notify && { notify: 'bench' }),
    })
  try {
    for (let round = 0; round <= rounds; round++) {
      const results = [
        await insert(1, false),
        await insert(1, true),
        await insert(100, false),
        await insert(100, true),
      ]
      await ground.pool.query(`truncate ${table}`)
      if (round === 0) continue
      rates.plain.push(results[0] ?? 0)
      rates.notified.push(results[1] ?? 0)
      rates.grouped.push(results[2] ?? 0)
      rates.groupedNotified.push(results[3] ?? 0)
    }
  } finally {
    for (const client of listeners) await client.end()
    await ground.pool.query(`drop table ${table}`)
  }
  report(`NOTIFY in the same commit, 16 in flight, ${mostServers} listeners, events`, [
    { what: 'a commit an event, no NOTIFY', unit: 'per second', samples: rates.plain },
    {
      what: 'a commit an event, with NOTIFY ÷ without',
      unit: 'per second',
      samples: rates.notified,
      limit: rates.plain,
    },
    { what: 'a commit for 100 events, no NOTIFY', unit: 'per second', samples: rates.grouped },
    {
      what: 'a commit for 100 events, with NOTIFY ÷ without',
      unit: 'per second',
      samples: rates.groupedNotified,
      limit: rates.grouped,
    },
  ])
}
