import { startBareKoa } from './bare.ts'
import { loadMoments, type Customer } from './generate.ts'
import { required, type Ground } from './ground.ts'
import { page } from './page-query.ts'
import { makeDice, makeZipf, type Dice } from './random.ts'
import { report, type Figure } from './report.ts'
import { rounds, seconds } from './size.ts'
import { percentile } from './table.ts'

const limit = 20
const queries = 2_000
const deeper = 0.3
/** Two hundred reps who turn a page every second: what a closed loop on full cores cannot say. */
const calmPerSecond = 200

/** Sizes of the history; the first one is what the others are held against. */
function sizes(large: boolean): number[] {
  const set = process.env.BENCH_MOMENTS
  if (set) return set.split(',').map(Number)
  return large ? [100_000, 1_000_000, 5_000_000] : [100_000, 1_000_000]
}

/**
 * A page of somebody's timeline: people drawn by how active they are, a third of the pages
 * somewhere back in their history.
 */
export async function timelinePage(ground: Ground, { large = false } = {}): Promise<void> {
  const history = await ground.history()
  const client = await ground.pool.connect()
  const bare = await startBareKoa()
  const first: Record<string, number[]> = {}
  try {
    for (const count of sizes(large)) {
      const begun = performance.now()
      await loadMoments(client, history, count)
      const loaded = ((performance.now() - begun) / 1000).toFixed(1)
      // What loading left to be written must not be written while pages are read.
      await client.query('checkpoint')
      const figures = await measured(ground, bare.origin)
      const against = { p50: (first['p50'] ??= figures.p50), p99: (first['p99'] ??= figures.p99) }
      const isFirst = against.p99 === figures.p99
      const ms = 'ms' as const
      const rows: Figure[] = [
        { what: 'bare keyset query, p50', unit: ms, samples: figures.bareP50 },
        { what: 'bare keyset query, p99', unit: ms, samples: figures.bareP99 },
        { what: 'page in the database, p50', unit: ms, samples: figures.p50 },
        { what: 'page in the database, p99', unit: ms, samples: figures.p99, goal: { atMost: 3 } },
        { what: 'p99 ÷ bare keyset query', unit: ms, samples: figures.p99, limit: figures.bareP99 },
        ...(isFirst
          ? []
          : [
              {
                what: 'p99 ÷ that of the first size',
                unit: ms,
                samples: figures.p99,
                limit: against.p99,
                goal: { atMost: 1.5 },
              },
              {
                what: 'p50 ÷ that of the first size',
                unit: ms,
                samples: figures.p50,
                limit: against.p50,
              },
            ]),
        { what: 'over HTTP, 20 connections, p50', unit: ms, samples: figures.httpP50 },
        {
          what: 'over HTTP, 20 connections as fast as they can, p99',
          unit: ms,
          samples: figures.httpP99,
          goal: { atMost: 6 },
        },
        { what: 'over HTTP, 20 connections', unit: 'per second', samples: figures.http },
        {
          what: `over HTTP, 20 connections, ${calmPerSecond} pages/s, p99`,
          unit: ms,
          samples: figures.pacedP99,
          goal: { atMost: 6 },
        },
        {
          what: 'bare Koa with a short constant answer, 20 connections',
          unit: 'per second',
          samples: figures.koa,
        },
        {
          what: `bare Koa, 20 connections, ${calmPerSecond} a second, p99`,
          unit: ms,
          samples: figures.koaPacedP99,
        },
        { what: 'over HTTP, 1 connection, p50', unit: ms, samples: figures.aloneP50 },
        { what: 'over HTTP, 1 connection, p99', unit: ms, samples: figures.aloneP99 },
      ]
      report(
        `Timeline page of ${limit} among ${count.toLocaleString('en')} moments of 10,000 people (loaded in ${loaded} s)`,
        rows,
      )
    }
  } finally {
    bare.stop()
    client.release()
  }
}

interface Drawn {
  customer: Customer
  before: string | null
}

/** The same draws for every size and round. */
function* draws(customers: readonly Customer[], dice: Dice): Generator<Drawn> {
  const zipf = makeZipf(customers.length, dice)
  for (;;) {
    const customer = required(customers[zipf()])
    const back = dice.chance(deeper) ? dice.unit() * 540 * 24 * 60 * 60_000 : null
    yield { customer, before: back === null ? null : new Date(Date.now() - back).toISOString() }
  }
}

const bareKeyset = `select id, kind, occurred_at, material_id, share_id, active_seconds from moments
  where identity_id = $1::uuid and (occurred_at, id) < ($2::timestamptz, $3::uuid)
    order by occurred_at desc, id desc limit ${limit}`
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

async function measured(ground: Ground, bareKoa: string) {
  const { population } = await ground.history()
  const results = {
    bareP50: [] as number[],
    bareP99: [] as number[],
    p50: [] as number[],
    p99: [] as number[],
    http: [] as number[],
    httpP50: [] as number[],
    httpP99: [] as number[],
    pacedP99: [] as number[],
    koa: [] as number[],
    koaPacedP99: [] as number[],
    aloneP50: [] as number[],
    aloneP99: [] as number[],
  }
  const ours = page(limit, ground)
  for (let round = 0; round <= rounds; round++) {
    const bare = await timed(bareKeyset, ({ customer, before }) => [
      customer.visitorIdentityId,
      before ?? 'infinity',
      lastId,
    ])
    const paged = await timed(ours.text, ({ customer, before }) =>
      ours.values({ personId: customer.personId, before: before ?? 'infinity' }),
    )
    const many = await overHttp(20)
    const alone = await overHttp(1)
    const paced = await overHttp(20, calmPerSecond)
    const koa = await overHttp(20, undefined, bareKoa)
    const koaPaced = await overHttp(20, calmPerSecond, bareKoa)
    // The first round plans and warms the caches.
    if (round === 0) continue
    results.bareP50.push(percentile(bare, 0.5))
    results.bareP99.push(percentile(bare, 0.99))
    results.p50.push(percentile(paged, 0.5))
    results.p99.push(percentile(paged, 0.99))
    results.http.push(many.perSecond)
    results.httpP50.push(many.p50)
    results.httpP99.push(many.p99)
    results.pacedP99.push(paced.p99)
    results.koa.push(koa.perSecond)
    results.koaPacedP99.push(koaPaced.p99)
    results.aloneP50.push(alone.p50)
    results.aloneP99.push(alone.p99)
  }
  return results

  /**
   * In the generator's process: it has little in memory, and ours stops now and then to tidy up ten
   * thousand people.
   */
  function timed(
    text: string,
    valuesOf: (drawn: Drawn) => readonly (string | null)[],
  ): Promise<Float64Array> {
    const drawnWith = (seed: number) => {
      const values: (readonly (string | null)[])[] = []
      for (const drawn of draws(population.customers, makeDice(seed)))
        if (values.push(valuesOf(drawn)) === queries) break
      return values
    }
    // Other pages than those that are measured, of whoever chance has it.
    return ground.generator.queries({
      databaseUrl: ground.databaseUrl,
      text,
      warmUp: drawnWith(8),
      values: drawnWith(7),
    })
  }

  async function overHttp(
    connections: number,
    perSecond?: number,
    origin = ground.servers[0] ?? '',
  ) {
    const paths: string[] = []
    for (const { customer, before } of draws(population.customers, makeDice(11))) {
      const cursor =
        before === null
          ? ''
          : `&before=${Buffer.from(JSON.stringify([before, lastVariantId])).toString('base64url')}`
      if (
        paths.push(`/api/persons/${customer.personId}/moments?limit=${limit}${cursor}`) === queries
      )
        break
    }
    return ground.generator.http({
      origins: [origin],
      connections,
      seconds: connections === 1 ? seconds / 2 : seconds,
      ...(perSecond !== undefined && { perSecond }),
      requests: { kind: 'get', paths, headers: ground.member },
    })
  }
}

/** The last id that the contract takes for one. */
const lastVariantId = 'ffffffff-ffff-8fff-bfff-ffffffffffff'
