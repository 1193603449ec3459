import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import type { Queryable } from './database.ts'
import { notify } from './listen.ts'
import { makeTurns } from './turns.ts'

/** The channel that tells every process the name of a job with work. */
const jobsChannel = 'jobs'

/** Recurring work. Any number of processes may know a job; only one of them runs it at a time. */
export interface Job {
  /** Unique; the lock is named after it. */
  readonly name: string
  readonly everyMs: number
  /**
   * Runs the job. The process may be killed, so the job must be able to stop anywhere and begin
   * again.
   */
  run(ctx: Context): Promise<void>
}

export interface Jobs {
  /**
   * Runs a job now. When another process is running it, that process or this one runs it again
   * afterwards, because it may have looked already. Errors are logged and not thrown.
   */
  nudge(name: string): void
  /** Starts nothing more and waits for what is under way. */
  stop(): Promise<void>
}

/**
 * Nudges a job when this transaction commits, on all processes that run jobs. It also works from a
 * process that runs none, such as a command.
 */
export async function nudgeAtCommit(tx: Queryable, { name }: Pick<Job, 'name'>): Promise<void> {
  await notify(tx, jobsChannel, name)
}

/**
 * Why a job gets a turn: this process has seen work, or another process told of work, or it is
 * time. Only `nudged` is told to other processes, or processes would wake each other for ever.
 */
type Cause = 'nudged' | 'told' | 'time'

/**
 * How many jobs one process runs at once. Each job holds one connection for its lock and another
 * for its work, and requests need some too.
 */
const mostAtOnce = 3

/**
 * Runs each job once at the start and then again and again. The pauses vary by chance, so that
 * processes do not always meet at the lock.
 */
export function startJobs(ctx: Context, jobs: readonly Job[]): Jobs {
  const timers = new Map<string, NodeJS.Timeout>()
  const underWay = new Map<string, Promise<unknown>>()
  const again = new Map<string, Cause>()
  const inTurn = makeTurns(mostAtOnce)
  let stopped = false

  function turn(job: Job, cause: Cause): void {
    if (stopped) return
    clearTimeout(timers.get(job.name))
    if (underWay.has(job.name)) {
      if (again.get(job.name) !== 'nudged') again.set(job.name, cause)
      return
    }
    const run = runOrTell(job, cause)
      .catch((error: unknown) => {
        if (!stopped)
          ctx.log.error(
            { err: error, job: job.name },
            'a job failed; it is tried again at its next turn',
          )
      })
      .finally(() => {
        underWay.delete(job.name)
        const next = again.get(job.name)
        again.delete(job.name)
        if (next) turn(job, next)
        else if (!stopped)
          timers.set(
            job.name,
            setTimeout(() => turn(job, 'time'), job.everyMs * (0.9 + 0.2 * chance(ctx))).unref(),
          )
      })
    underWay.set(job.name, run)
  }

  /**
   * When another process is running the job, it hears of our work and looks once more. If it ends
   * meanwhile, we hear the message ourselves.
   */
  async function runOrTell(job: Job, cause: Cause): Promise<void> {
    const done = await inTurn(async () => stopped || once(ctx, job))
    if (!done && cause === 'nudged') await nudgeAtCommit(ctx.db, job)
  }

  function turnOf(name: string, cause: Cause): void {
    const job = jobs.find((one) => one.name === name)
    if (job) turn(job, cause)
  }

  const hearing = ctx.listener.subscribe(jobsChannel, (name) => turnOf(name, 'told'))
  // The listener mends a connection that breaks at this moment. Until then the jobs run at their
  // regular times.
  hearing.catch(() => undefined)
  for (const job of jobs) turn(job, 'time')
  return {
    nudge: (name) => turnOf(name, 'nudged'),
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

/**
 * Runs the job once; returns false when another process is running it. The lock lives as long as
 * its transaction, which does nothing else, so the end of a killed process releases it.
 */
export async function once(ctx: Context, job: Job): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ free: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${lockOf(job)}, 0)) as free`,
    )
    if (!rows[0]?.free) return false
    await job.run(ctx)
    return true
  })
}
