import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'

/** Work that comes back by itself. Any number of processes may know of it; at any time one of them does it. */
export interface Job {
  /** Unique; the lock is named after it. */
  readonly name: string
  readonly everyMs: number
  /** Must be able to stop anywhere and be begun again: the process may be killed. */
  run(ctx: Context): Promise<void>
}

export interface Jobs {
  /** Runs a job now, unless another process is at it. Errors are logged, not thrown. */
  nudge(name: string): void
  /** Starts nothing more and waits for what is under way. */
  stop(): Promise<void>
}

/** Runs each job once at the start and then again and again, with a little chance in the pauses, so that processes do not meet at the lock for ever. */
export function startJobs(ctx: Context, jobs: readonly Job[]): Jobs {
  const timers = new Map<string, NodeJS.Timeout>()
  const underWay = new Map<string, Promise<unknown>>()
  const again = new Set<string>()
  let stopped = false

  function turn(job: Job): void {
    if (stopped) return
    clearTimeout(timers.get(job.name))
    if (underWay.has(job.name)) {
      again.add(job.name)
      return
    }
    const run = once(ctx, job)
      .catch((error: unknown) => {
        if (!stopped) ctx.log.error({ err: error, job: job.name }, 'a job failed; it is tried again at its next turn')
      })
      .finally(() => {
        underWay.delete(job.name)
        if (again.delete(job.name)) turn(job)
        else if (!stopped) timers.set(job.name, setTimeout(() => turn(job), job.everyMs * (0.9 + 0.2 * chance(ctx))).unref())
      })
    underWay.set(job.name, run)
  }

  for (const job of jobs) turn(job)
  return {
    nudge(name) {
      const job = jobs.find((one) => one.name === name)
      if (job) turn(job)
    },
    async stop() {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
      await Promise.all(underWay.values())
    },
  }
}

function chance(ctx: Context): number {
  return Number.parseInt(ctx.random.id().slice(-6), 16) / 0xffffff
}

export function lockOf({ name }: Pick<Job, 'name'>): string {
  return `job/${name}`
}

/** False when another process is at it. The lock lives as long as its transaction, which does nothing else: a killed process lets go of it. */
export async function once(ctx: Context, job: Job): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ free: boolean }>(sql`select pg_try_advisory_xact_lock(hashtextextended(${lockOf(job)}, 0)) as free`)
    if (!rows[0]?.free) return false
    await job.run(ctx)
    return true
  })
}
