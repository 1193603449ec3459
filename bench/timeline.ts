import { startBareKoa, startPlainKoa } from './bare.ts'
import { blocksRead } from './blocks.ts'
import { loadMoments, type Customer } from './generate.ts'
import { required, secret, type Ground } from './ground.ts'
import type { HttpJob } from './http-load.ts'
import { page } from './page-query.ts'
import { bareKeyset, lastId, pageSize as limit } from './plain.ts'
import { makeDice, makeZipf, type Dice } from './random.ts'
import { report, type Figure } from './report.ts'
import { rounds, seconds } from './size.ts'
import { percentile } from './table.ts'

const queries = 2_000
/**
 * How many pages are explained. What a page reads depends on the page alone, not on other programs.
 */
const explained = 500
const deeper = 0.3
/** Two hundred reps who turn a page every second. A closed loop on full cores cannot show this. */
const calmPerSecond = 200

/** Returns the sizes of the history. The others are compared with the first one. */
function sizes(large: boolean): number[] {
  const set = process.env.BENCH_MOMENTS
  if (set) return set.split(',').map(Number)
  return large ? [100_000, 1_000_000, 5_000_000] : [100_000, 1_000_000]
}

/**
 * Measures a page of a timeline. People are drawn by their activity, and a third of the pages lie
 * back in the history.
 */
export async function timelinePage(ground: Ground, { large = false } = {}): Promise<void> {
  const history = await ground.history()
  const client = await ground.pool.connect()
  const bare = await startBareKoa()
  const plain = await startPlainKoa(ground.databaseUrl, secret)
  const first: Record<string, number[]> = {}
  try {
    for (const count of sizes(large)) {
      const begun = performance.now()
      await loadMoments(client, history, count)
      const loaded = ((performance.now() - begun) / 1000).toFixed(1)
      // Loading left data to write, which must not be written while pages are read.
      await client.query('checkpoint')
      const figures = await measured(ground, bare.origin, plain.origin)
      const against = {
        p50: (first['p50'] ??= figures.p50),
        p99: (first['p99'] ??= figures.p99),
        blocks: (first['blocks'] ??= figures.blocks),
      }
      const isFirst = against.p99 === figures.p99
      const ms = 'ms' as const
      const rows: Figure[] = [
        { what: 'bare keyset query, p50', unit: ms, samples: figures.bareP50 },
        { what: 'bare keyset query, p99', unit: ms, samples: figures.bareP99 },
        { what: 'page in the database, p50', unit: ms, samples: figures.p50 },
        { what: 'page in the database, p99', unit: ms, samples: figures.p99 },
        { what: 'p99 ÷ bare keyset query', unit: ms, samples: figures.p99, limit: figures.bareP99 },
        ...(isFirst
          ? []
          : [
              {
                what: 'p99 ÷ that of the first size',
                unit: ms,
                samples: figures.p99,
                limit: against.p99,
              },
              {
                what: 'p50 ÷ that of the first size',
                unit: ms,
                samples: figures.p50,
                limit: against.p50,
              },
            ]),
        { what: 'blocks that a page reads, median', unit: 'count', samples: figures.blocks },
        { what: 'blocks that a page reads, p99', unit: 'count', samples: figures.blocksP99 },
        ...(isFirst
          ? []
          : [
              {
                what: 'blocks ÷ those of the first size',
                unit: 'count' as const,
                samples: figures.blocks,
                limit: against.blocks,
                goal: { atMost: 1.2 },
              },
            ]),
        { what: 'over HTTP, 20 connections, p50', unit: ms, samples: figures.httpP50 },
        {
          what: 'over HTTP, 20 connections as fast as they can, p99',
          unit: ms,
          samples: figures.httpP99,
        },
        { what: 'over HTTP, 20 connections', unit: 'per second', samples: figures.http },
        {
          what: 'Koa with the bare keyset query and as many bytes',
          unit: 'per second',
          samples: figures.plain,
        },
        {
          what: 'over HTTP ÷ Koa with the bare keyset query',
          unit: 'per second',
          samples: figures.http,
          limit: figures.plain,
          goal: { atLeast: 0.5 },
        },
        {
          what: `over HTTP, 20 connections, ${calmPerSecond} pages/s, p99`,
          unit: ms,
          samples: figures.pacedP99,
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
        [
          'p99 has no goal: it says how long the others hold two shared cores; blocks say what a page costs',
        ],
      )
    }
  } finally {
    bare.stop()
    plain.stop()
    client.release()
  }
}

interface Drawn {
  customer: Customer
  before: string | null
}

/** Draws one page after the other. The same dice give the same pages. */
function makeDraw(customers: readonly Customer[], dice: Dice): () => Drawn {
  const zipf = makeZipf(customers.length, dice)
  return () => {
    const customer = required(customers[zipf()])
    const back = dice.chance(deeper) ? dice.unit() * 540 * 24 * 60 * 60_000 : null
    return { customer, before: back === null ? null : new Date(Date.now() - back).toISOString() }
  }
}

async function measured(ground: Ground, bareKoa: string, plainKoa: string) {
  const { population } = await ground.history()
  const results = {
    bareP50: [] as number[],
    bareP99: [] as number[],
    p50: [] as number[],
    p99: [] as number[],
    blocks: [] as number[],
    blocksP99: [] as number[],
    http: [] as number[],
    httpP50: [] as number[],
    httpP99: [] as number[],
    pacedP99: [] as number[],
    plain: [] as number[],
    koa: [] as number[],
    koaPacedP99: [] as number[],
    aloneP50: [] as number[],
    aloneP99: [] as number[],
  }
  const ours = page(limit, ground)
  const drawn = drawnWith(11)
  const paths = drawn.map(pathOf)
  const plainPaths = await plainPathsOf(drawn, paths)
  // The first round plans and warms the caches. The blocks are the same in each round.
  const blocks = await blocksRead(
    ground.databaseUrl,
    ours.text,
    drawn.slice(0, explained).map(valuesOf),
  )
  results.blocks.push(percentile(blocks, 0.5))
  results.blocksP99.push(percentile(blocks, 0.99))
  for (let round = 0; round <= rounds; round++) {
    const bare = await timed(bareKeyset, ({ customer, before }) => [
      customer.visitorIdentityId,
      before ?? 'infinity',
      lastId,
    ])
    const paged = await timed(ours.text, valuesOf)
    const many = await overHttp({ connections: 20 })
    const alone = await overHttp({ connections: 1, seconds: seconds / 2 })
    const paced = await overHttp({ connections: 20, perSecond: calmPerSecond })
    const plain = await overHttp({ connections: 20, origins: [plainKoa], from: plainPaths })
    const koa = await overHttp({ connections: 20, origins: [bareKoa] })
    const koaPaced = await overHttp({
      connections: 20,
      perSecond: calmPerSecond,
      origins: [bareKoa],
    })
    if (round === 0) continue
    results.bareP50.push(percentile(bare, 0.5))
    results.bareP99.push(percentile(bare, 0.99))
    results.p50.push(percentile(paged, 0.5))
    results.p99.push(percentile(paged, 0.99))
    results.http.push(many.perSecond)
    results.httpP50.push(many.p50)
    results.httpP99.push(many.p99)
    results.pacedP99.push(paced.p99)
    results.plain.push(plain.perSecond)
    results.koa.push(koa.perSecond)
    results.koaPacedP99.push(koaPaced.p99)
    results.aloneP50.push(alone.p50)
    results.aloneP99.push(alone.p99)
  }
  return results

  /** The same draws for each seed. */
  function drawnWith(seed: number): Drawn[] {
    return Array.from({ length: queries }, makeDraw(population.customers, makeDice(seed)))
  }

  function valuesOf({ customer, before }: Drawn) {
    return ours.values({ personId: customer.personId, before: before ?? 'infinity' })
  }

  /**
   * In the generator's process, which has little in memory. Our process pauses now and then to
   * collect garbage of ten thousand people. It warms up with other pages than the measured ones, of
   * random people.
   */
  function timed(
    text: string,
    parameters: (one: Drawn) => readonly (string | null)[],
  ): Promise<Float64Array> {
    return ground.generator.queries({
      databaseUrl: ground.databaseUrl,
      text,
      warmUp: drawnWith(8).map(parameters),
      values: drawnWith(7).map(parameters),
    })
  }

  /**
   * Returns the same pages for the Koa that has only the query, each with the length of our answer.
   */
  async function plainPathsOf(pages: readonly Drawn[], of: readonly string[]): Promise<string[]> {
    const found: string[] = []
    for (const [index, { customer, before }] of pages.entries()) {
      const answer = await fetch(`${ground.servers[0]}${of[index]}`, { headers: ground.member })
      const bytes = (await answer.arrayBuffer()).byteLength
      const query = { identity: customer.visitorIdentityId, before: before ?? 'infinity' }
      found.push(`/page?${new URLSearchParams({ ...query, bytes: String(bytes) })}`)
    }
    return found
  }

  function overHttp({
    from = paths,
    origins = ground.servers.slice(0, 1),
    ...how
  }: Pick<HttpJob, 'connections' | 'perSecond'> &
    Partial<Pick<HttpJob, 'origins' | 'seconds'>> & { from?: readonly string[] }) {
    return ground.generator.http({
      origins,
      seconds,
      ...how,
      requests: { kind: 'get', paths: from, headers: ground.member },
    })
  }
}

function pathOf({ customer, before }: Drawn): string {
  const cursor =
    before === null
      ? ''
      : `&before=${Buffer.from(JSON.stringify([before, lastVariantId])).toString('base64url')}`
  return `/api/persons/${customer.personId}/moments?limit=${limit}${cursor}`
}

/** The last id that the contract accepts. */
const lastVariantId = 'ffffffff-ffff-8fff-bfff-ffffffffffff'
