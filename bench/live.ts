import { required, type Ground } from './ground.ts'
import { startGenerator, type Generator, type Streams } from './load.ts'
import { report } from './report.ts'
import { number, rounds } from './size.ts'
import { median, percentile } from './table.ts'
import { residentMb } from './usage.ts'

const backgroundEvents = number('BENCH_BACKGROUND', 5_000)
const manyStreams = number('BENCH_STREAMS', 2_000)
const batch = 20

/**
 * Measures the way from one process to a stream of another, while the database is busy. Then the
 * same with two thousand streams on one process.
 */
export async function commitToLive(ground: Ground): Promise<void> {
  const background = startGenerator()
  try {
    await underLoad(ground, background)
    await manyOpen(ground)
  } finally {
    background.stop()
  }
}

async function underLoad(ground: Ground, background: Generator): Promise<void> {
  const results: Streams[] = []
  const achieved: number[] = []
  const eventsEach = 200
  const perSecond = 40
  for (let round = 0; round < rounds; round++) {
    const seconds = eventsEach / perSecond + 2
    const noise = background.http({
      origins: [required(ground.servers[1])],
      connections: 20,
      seconds,
      perSecond: backgroundEvents / batch,
      requests: {
        kind: 'track',
        eventsEach: batch,
        count: Math.ceil((seconds * backgroundEvents) / batch),
        readers: await ground.readers(500),
      },
    })
    const [streams, load] = await Promise.all([
      ground.generator.streams(await job(ground, { streams: 10, events: eventsEach, perSecond })),
      noise,
    ])
    results.push(streams)
    achieved.push(load.perSecond * batch)
  }
  report(
    `Commit on one process → message on a stream of another, with ${backgroundEvents.toLocaleString('en')} events/s beside it`,
    [
      {
        what: 'sent → message (commit included), p50',
        unit: 'ms',
        samples: results.map(({ fromSent }) => percentile(fromSent, 0.5)),
      },
      {
        what: 'sent → message, p95',
        unit: 'ms',
        samples: results.map(({ fromSent }) => percentile(fromSent, 0.95)),
        goal: { atMost: 150 },
      },
      {
        what: 'sent → message, max',
        unit: 'ms',
        samples: results.map(({ fromSent }) => Math.max(...fromSent)),
      },
      {
        what: 'answered → message, p95',
        unit: 'ms',
        samples: results.map(({ fromAnswered }) => percentile(fromAnswered, 0.95)),
      },
      {
        what: 'messages that never came',
        unit: 'count',
        samples: results.map(({ lost }) => lost),
        goal: { atMost: 0 },
      },
      { what: 'background that was reached', unit: 'per second', samples: achieved },
    ],
    [`${eventsEach} events a round to 10 streams`],
  )
}

async function manyOpen(ground: Ground): Promise<void> {
  const pid = ground.serverPid(0)
  const before = await residentMb(pid)
  const memory: number[] = []
  const watching = setInterval(() => void residentMb(pid).then((mb) => memory.push(mb)), 250)
  const perSecond = 400
  const result = await ground.generator
    .streams(await job(ground, { streams: manyStreams, events: perSecond * 10, perSecond }))
    .finally(() => clearInterval(watching))
  const byStream = new Map<number, number[]>()
  result.fromSent.forEach((ms, index) => {
    const stream = result.stream[index] ?? 0
    byStream.set(stream, [...(byStream.get(stream) ?? []), ms])
  })
  const medians = [...byStream.values()].map((samples) => median(samples))
  report(
    `${manyStreams.toLocaleString('en')} open streams on one process, ${perSecond} events/s spread over them`,
    [
      { what: 'sent → message, p50', unit: 'ms', samples: [percentile(result.fromSent, 0.5)] },
      {
        what: 'sent → message, p95',
        unit: 'ms',
        samples: [percentile(result.fromSent, 0.95)],
        goal: { atMost: 150 },
      },
      { what: 'sent → message, max', unit: 'ms', samples: [Math.max(...result.fromSent)] },
      { what: 'median of the slowest stream', unit: 'ms', samples: [Math.max(...medians)] },
      {
        what: 'fairness: slowest ÷ median stream',
        unit: 'ratio',
        samples: [Math.max(...medians) / median(medians)],
      },
      {
        what: 'messages that never came',
        unit: 'count',
        samples: [result.lost],
        goal: { atMost: 0 },
      },
      { what: 'memory of the process, none open', unit: 'MB', samples: [before] },
      {
        what: 'memory of the process, all open, highest',
        unit: 'MB',
        samples: [Math.max(...memory)],
      },
    ],
    [`opened in ${result.openSeconds.toFixed(1)} s, 50 at a time; at most 12 a member`],
  )
}

/**
 * Streams of the most active customers. The bench's member who follows a customer watches the
 * stream.
 */
async function job(
  ground: Ground,
  { streams, events, perSecond }: { streams: number; events: number; perSecond: number },
) {
  const { population } = await ground.history()
  const { customers, followers } = population
  return {
    watched: required(ground.servers[0]),
    told: required(ground.servers[1]),
    events,
    perSecond,
    streams: customers.slice(0, streams).map((customer, index) => ({
      path: `/api/persons/${customer.personId}/moments/live`,
      headers: ground.memberHeaders(required(followers[index % followers.length])),
      reader: ground.reader(customer),
    })),
  }
}
