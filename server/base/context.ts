import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Clock, Random } from './clock.ts'
import type { Database } from './db/database.ts'
import type { Listener } from './db/listen.ts'
import type { Metrics } from './http/operator/metrics.ts'
import type { RateLimits } from './http/rate-limits.ts'
import type { Sessions } from './http/session/sessions.ts'
import type { Memory } from './kept.ts'

/** What every handler and action gets. `app.ts` makes one per process. */
export interface Context {
  readonly config: Config
  readonly db: Database
  /** For statements that read much: fixed plans and no table scans would make them slow. */
  readonly adHoc: Database
  /** Hears what other processes commit. */
  readonly listener: Listener
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly metrics: Metrics
  readonly sessions: Sessions
  readonly rateLimits: RateLimits
  /** What the domains keep for the life of the process. */
  readonly memory: Memory
  /** Runs a job now instead of at its next turn. It does nothing in a process without jobs. */
  nudge(job: string): void
  /** Aborted when the server stops; streams end themselves then. */
  readonly closing: AbortSignal
}
