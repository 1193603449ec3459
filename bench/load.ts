import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { HttpJob, HttpOutcome } from './http-load.ts'
import type { InsertJob, InsertOutcome } from './insert-load.ts'
import type { Job } from './load-process.ts'
import type { QueryJob, QueryOutcome } from './query-load.ts'
import type { StreamJob, StreamOutcome } from './stream-load.ts'
import { percentile } from './table.ts'

export interface Load {
  perSecond: number
  p50: number
  p95: number
  p99: number
  max: number
  /**
   * Cores that the generator needed. Near 1 means that the generator, and not the server, was
   * measured.
   */
  cores: number
  latencies: Float64Array
  answeredAt: Float64Array
}

export type Streams = StreamOutcome

export interface Generator {
  http(job: Omit<HttpJob, 'kind'>): Promise<Load>
  /** Returns the events per second. */
  insert(job: Omit<InsertJob, 'kind'>): Promise<number>
  /** Returns the milliseconds of each query. */
  queries(job: Omit<QueryJob, 'kind'>): Promise<Float64Array>
  streams(job: Omit<StreamJob, 'kind'>): Promise<Streams>
  /** Returns the highest share of a core that it has needed so far. */
  busiest(): number
  stop(): void
}

/** Starts a process that makes load, one job at a time. */
export function startGenerator(): Generator {
  const child: ChildProcess = fork(fileURLToPath(new URL('load-process.ts', import.meta.url)), {
    // Its own garbage collection must not falsify the figures. A large young generation makes it
    // rare and cheap.
    execArgv: ['--import', 'tsx', '--min-semi-space-size=64', '--max-semi-space-size=64'],
    serialization: 'advanced',
  })
  const ended = once(child, 'exit').then(([code]) => [
    { error: `the generator ended with ${code}` },
  ])
  let busiest = 0

  async function run<T>(job: Job): Promise<T & { cores: number }> {
    child.send(job)
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [
      { outcome?: T & { cores: number }; error?: string },
    ]
    if (!message.outcome) throw new Error(message.error)
    busiest = Math.max(busiest, message.outcome.cores)
    return message.outcome
  }

  return {
    async http(job) {
      const { latencies, answeredAt, seconds, cores } = await run<HttpOutcome>({
        kind: 'http',
        ...job,
      })
      const at = (share: number) => percentile(latencies, share)
      const max = latencies.reduce((most, one) => Math.max(most, one), 0)
      return {
        perSecond: latencies.length / seconds,
        p50: at(0.5),
        p95: at(0.95),
        p99: at(0.99),
        max,
        cores,
        latencies,
        answeredAt,
      }
    },
    async insert(job) {
      const { events, seconds } = await run<InsertOutcome>({ kind: 'insert', ...job })
      return events / seconds
    },
    async queries(job) {
      return (await run<QueryOutcome>({ kind: 'query', ...job })).latencies
    },
    streams: (job) => run<StreamOutcome>({ kind: 'streams', ...job }),
    busiest: () => busiest,
    stop: () => child.disconnect(),
  }
}
