import { setTimeout as sleep } from 'node:timers/promises'
import { required, type Ground } from './ground.ts'
import { startGenerator } from './load.ts'
import { report } from './report.ts'
import { number } from './size.ts'
import { residentMb } from './usage.ts'

const minutes = number('BENCH_SOAK_MINUTES', 10)
export const mostMb = 250

/** Puts mixed load on the server for ten minutes, to see whether its memory stays the same. */
export async function soak(ground: Ground): Promise<void> {
  const history = await ground.history()
  const origins = ground.servers.slice(0, 1)
  const seconds = minutes * 60
  const readers = await ground.readers(500)
  const pages = startGenerator()
  const streams = startGenerator()
  const paths = history.population.customers
    .slice(0, 2_000)
    .map(({ personId }) => `/api/persons/${personId}/moments?limit=20`)
  const { customers, followers } = history.population
  const watched = customers.slice(0, 100).map((customer, index) => ({
    path: `/api/persons/${customer.personId}/moments/live`,
    headers: ground.memberHeaders(required(followers[index % followers.length])),
    reader: ground.reader(customer),
  }))
  const loads = Promise.all([
    // Requests are prepared a minute at a time. All of them would take a gigabyte in the generator.
    everyMinute(() =>
      ground.generator.http({
        origins,
        connections: 20,
        seconds: minute(),
        perSecond: 100,
        requests: { kind: 'track', eventsEach: 20, count: 6_000, readers },
      }),
    ),
    everyMinute(() =>
      pages.http({
        origins,
        connections: 10,
        seconds: minute(),
        perSecond: 50,
        requests: { kind: 'get', paths, headers: ground.member },
      }),
    ),
    everyMinute(() =>
      streams.streams({
        watched: required(origins[0]),
        told: required(origins[0]),
        streams: watched,
        events: Math.round(20 * minute()),
        perSecond: 20,
      }),
    ),
  ])
  const samples: { at: number; mb: number }[] = []
  const begun = performance.now()
  const until = begun + seconds * 1000
  let failed: unknown
  loads.catch((error: unknown) => (failed = error))
  while (performance.now() < until && !failed) {
    await sleep(Math.min(30_000, Math.max(1, until - performance.now())))
    const at = (performance.now() - begun) / 60_000
    const mb = await residentMb(ground.serverPid(0))
    samples.push({ at, mb })
    console.log(`  ${at.toFixed(1)} min: ${mb.toFixed(0)} MB`)
  }
  await loads.finally(() => {
    pages.stop()
    streams.stop()
  })
  const settled = samples.slice(Math.floor(samples.length / 2))
  report(
    `Memory of one server over ${minutes} minutes: 2,000 events/s in batches, 50 pages/s, 100 streams opened anew every minute`,
    [
      {
        what: 'highest',
        unit: 'MB',
        samples: [Math.max(...samples.map(({ mb }) => mb))],
        goal: { atMost: mostMb },
      },
      { what: 'at the end', unit: 'MB', samples: [samples.at(-1)?.mb ?? Number.NaN] },
      {
        what: 'slope over the second half, MB a minute',
        unit: 'ratio',
        samples: [slope(settled)],
        goal: { atMost: 1 },
      },
    ],
  )

  function minute(): number {
    return Math.min(60, seconds)
  }

  async function everyMinute(work: () => Promise<unknown>): Promise<void> {
    for (let left = minutes; left > 0; left--) await work()
  }
}

/** Least squares. */
function slope(samples: readonly { at: number; mb: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const x = mean(samples.map(({ at }) => at))
  const y = mean(samples.map(({ mb }) => mb))
  const over = samples.reduce((sum, { at, mb }) => sum + (at - x) * (mb - y), 0)
  const under = samples.reduce((sum, { at }) => sum + (at - x) ** 2, 0)
  return under === 0 ? 0 : over / under
}
