import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { loadMoments } from './generate.ts'
import { pagePath, type Reading } from './gains-pages.ts'
import { required, secret, type Ground } from './ground.ts'
import type { HttpJob } from './http-load.ts'
import { makeDice, makeZipf } from './random.ts'
import { report, type Figure } from './report.ts'
import { rounds, seconds } from './size.ts'

/** Ratios need more of them than medians of rates do. */
const manyRounds = 4 * rounds
/**
 * Each side's turns in a round. They are short: what else the machine does then meets all sides
 * alike.
 */
const turns = 16
const secondsOfTurn = seconds / 12
const connections = 8
const moments = 100_000
/** What saves less of its own measure than this goes. */
const worthIt = { atMost: 0.95 } as const

interface Side {
  origin: string
  /** Processor seconds so far. */
  cpu(): Promise<number>
  stop(): void
}

/** Of a round, for all its requests. */
interface Cost {
  requests: number
  /** Seconds of processor time. */
  server: number
  postgres: number
  /** Seconds on the clock. */
  elapsed: number
}

/** What each saving of a hot path saves: the server with it ÷ the same one without it. */
export async function gains(ground: Ground): Promise<void> {
  await ofPages(ground)
  await ofExactPaths(ground)
}

async function ofPages(ground: Ground): Promise<void> {
  const { population } = await ground.history()
  const client = await ground.pool.connect()
  await loadMoments(client, await ground.history(), moments)
  await client.query('checkpoint')
  client.release()
  const dice = makeDice(11)
  const zipf = makeZipf(population.customers.length, dice)
  const paths = Array.from(
    { length: 2_000 },
    () => `${pagePath(required(population.customers[zipf()]).personId)}?limit=20`,
  )
  const readings = ['remembered', 'joined', 'asked'] as const satisfies Reading[]
  const [ours, joined, asked] = await costs(ground, readings, {
    kind: 'get',
    paths,
    headers: ground.member,
  })
  report(
    `What savings save on a page of a timeline among ${moments.toLocaleString('en')} moments, processor time`,
    [
      ...micros('a page', ours),
      ...noise(ours),
      ...against('remembered names ÷ names joined in the statement', ours, joined),
      ...against('remembered names ÷ names asked for each page', ours, asked),
    ],
    [note],
  )
}

async function ofExactPaths(ground: Ground): Promise<void> {
  const readers = await ground.readers(200)
  const url = encodeURIComponent(`${ground.webview}/sidebar/`)
  const cheap = { kind: 'get' as const, paths: [`/api/wecom/signature?kind=agent&url=${url}`] }
  const variants = ['exact', 'router alone'] as const
  const [ours, alone] = await costs(ground, variants, { ...cheap, headers: ground.member })
  const [track, trackAlone] = await costs(ground, variants, {
    kind: 'track',
    eventsEach: 1,
    count: 2_000 * seconds,
    readers,
  })
  report(
    'What the map of exact paths saves, processor time',
    [
      ...micros('a signature', ours),
      ...noise(ours),
      ...against('a signature, exact paths ÷ @koa/router alone', ours, alone),
      ...micros('/api/track', track),
      ...noise(track),
      ...against('/api/track, exact paths ÷ @koa/router alone', track, trackAlone),
    ],
    [note],
  )
}

const note = `ratios of what each round took; in a round each side has ${turns} short turns`

function micros(what: string, { all }: Costs): Figure[] {
  const each = (of: (cost: Cost) => number) => all.map((cost) => (of(cost) * 1e6) / cost.requests)
  return [
    { what: `${what}, server`, unit: 'µs', samples: each(({ server }) => server) },
    { what: `${what}, PostgreSQL`, unit: 'µs', samples: each(({ postgres }) => postgres) },
  ]
}

/** One process ÷ another one that does the same. */
function noise({ each: [one, other] }: Costs): Figure[] {
  return [
    {
      what: 'the same ÷ the same, which is noise: server',
      unit: 'ratio',
      samples: ratios(required(one), required(other), ({ server }) => server),
    },
    {
      what: 'the same ÷ the same, which is noise: server and PostgreSQL',
      unit: 'ratio',
      samples: ratios(required(one), required(other), ({ server, postgres }) => server + postgres),
    },
  ]
}

function against(what: string, { all: ours }: Costs, { all: others }: Costs): Figure[] {
  return [
    {
      what: `${what}: server`,
      unit: 'ratio',
      samples: ratios(ours, others, ({ server }) => server),
      goal: worthIt,
    },
    {
      what: `${what}: PostgreSQL`,
      unit: 'ratio',
      samples: ratios(ours, others, ({ postgres }) => postgres),
    },
    {
      what: `${what}: both`,
      unit: 'ratio',
      samples: ratios(ours, others, ({ server, postgres }) => server + postgres),
      goal: worthIt,
    },
    {
      what: `${what}: on the clock`,
      unit: 'ratio',
      samples: ratios(ours, others, ({ elapsed }) => elapsed),
    },
  ]
}

function ratios(
  ours: readonly Cost[],
  others: readonly Cost[],
  of: (cost: Cost) => number,
): number[] {
  return ours.map((cost, index) => {
    const other = required(others[index])
    return of(cost) / cost.requests / (of(other) / other.requests)
  })
}

/** Round by round: of both processes of a variant together, and of each. */
interface Costs {
  all: Cost[]
  each: [Cost[], Cost[]]
}

/**
 * Of each variant. Two processes serve each: two that do the same differ by a few per cent for as
 * long as they live, by how the engine has compiled them.
 */
async function costs<const V extends readonly string[]>(
  ground: Ground,
  variants: V,
  asked: HttpJob['requests'],
): Promise<{ [K in keyof V]: Costs }> {
  const sides = await Promise.all(
    [...variants, ...variants].map((variant) => startSide(ground, variant)),
  )
  const found = sides.map((): Cost[] => [])
  try {
    for (const side of sides) await take(ground, side, asked, seconds, nothing())
    for (let round = 0; round < manyRounds; round++) {
      const spent = sides.map(nothing)
      for (let turn = 0; turn < turns; turn++)
        for (const index of orderOf(sides.length, turn))
          await take(ground, required(sides[index]), asked, secondsOfTurn, required(spent[index]))
      for (const [index, cost] of spent.entries()) required(found[index]).push(cost)
    }
  } finally {
    for (const side of sides) side.stop()
  }
  return variants.map((_, index): Costs => {
    const each = [required(found[index]), required(found[index + variants.length])] as const
    return {
      all: each[0].map((cost, round) => sum(cost, required(each[1][round]))),
      each: [...each],
    }
  }) as { [K in keyof V]: Costs }
}

/** Each is the first as often as any other, and follows each as often. */
function orderOf(count: number, turn: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index)
  if (turn % 2) order.reverse()
  const first = (turn >> 1) % count
  return [...order.slice(first), ...order.slice(0, first)]
}

function nothing(): Cost {
  return { requests: 0, server: 0, postgres: 0, elapsed: 0 }
}

function sum(one: Cost, other: Cost): Cost {
  return {
    requests: one.requests + other.requests,
    server: one.server + other.server,
    postgres: one.postgres + other.postgres,
    elapsed: one.elapsed + other.elapsed,
  }
}

async function take(
  ground: Ground,
  side: Side,
  asked: HttpJob['requests'],
  lasting: number,
  cost: Cost,
): Promise<void> {
  const used = async () => ({ own: await side.cpu(), postgres: await ground.postgresCpu() })
  const before = await used()
  const { latencies, perSecond } = await ground.generator.http({
    origins: [side.origin],
    connections,
    seconds: lasting,
    requests: asked,
  })
  const after = await used()
  cost.requests += latencies.length
  cost.server += after.own - before.own
  cost.postgres += after.postgres - before.postgres
  cost.elapsed += latencies.length / perSecond
}

async function startSide(ground: Ground, variant: string): Promise<Side> {
  const child = fork(fileURLToPath(new URL('gains-server.ts', import.meta.url)), [variant], {
    execArgv: ['--import', 'tsx'],
    env: {
      ...process.env,
      ...ground.env,
      DATABASE_URL: ground.databaseUrl,
      DATA_DIR: ground.dataDir,
      SESSION_SECRET: secret,
      RATE_LIMIT: '0',
      LOG_LEVEL: 'warn',
      NODE_ENV: 'production',
    },
  })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    origin: `http://127.0.0.1:${port}`,
    async cpu() {
      const answer = once(child, 'message') as Promise<[{ micros: number }]>
      child.send('cpu')
      const [{ micros: used }] = await answer
      return used / 1e6
    },
    stop: () => child.disconnect(),
  }
}
