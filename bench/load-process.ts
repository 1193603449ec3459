// The generator of load, in a process of its own, so that it and the bench do not wait for each
// other.
import { performance } from 'node:perf_hooks'
import { prepare, sendAll, type HttpJob } from './http-load.ts'
import { openStreams, type StreamJob } from './stream-load.ts'
import { queryAll, type QueryJob } from './query-load.ts'
import { insertAll, prepareInserts, type InsertJob } from './insert-load.ts'

export type Job = HttpJob | InsertJob | QueryJob | StreamJob

async function run(job: Job): Promise<object> {
  const work = await readied(job)
  const before = process.cpuUsage()
  const begun = performance.now()
  const outcome = await work()
  const { user, system } = process.cpuUsage(before)
  return { ...outcome, cores: (user + system) / 1000 / (performance.now() - begun) }
}

async function readied(job: Job): Promise<() => Promise<object>> {
  if (job.kind === 'streams') return openStreams(job)
  if (job.kind === 'http') {
    const prepared = prepare(job)
    return () => sendAll(job, prepared)
  }
  if (job.kind === 'query') return () => queryAll(job)
  const prepared = prepareInserts(job)
  return () => insertAll(job, prepared)
}

process.on('message', (job: Job) => {
  run(job).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) =>
      process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
