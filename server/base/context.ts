import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Database } from './db/database.ts'
import type { Listener } from './db/listen.ts'
import type { FileStore } from '../files/index.ts'
import type { Metrics } from './http/operator/metrics.ts'
import type { RateLimits } from './http/rate-limits.ts'
import type { Sessions } from './http/session/sessions.ts'
import type { Live } from '../timeline/live/live.ts'
import type { Visitors } from '../identity/index.ts'
import type { WechatClient } from '../platforms/wechat/client.ts'
import type { WecomClient } from '../platforms/wecom/client.ts'

/** Time and randomness come in through here, so that tests and the sandbox can move the clock. */
export interface Clock {
  now(): Date
}

export interface Random {
  /** UUIDv7, made of the clock's milliseconds and randomness. */
  id(): string
  /** `bytes` random bytes, base64url. */
  token(bytes: number): string
}

/** What every handler and action gets. Made once per process in `app.ts`. */
export interface Context {
  readonly config: Config
  readonly db: Database
  /** Hears what other processes commit. */
  readonly listener: Listener
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly wecom: WecomClient
  readonly wechat: WechatClient
  readonly files: FileStore
  readonly live: Live
  readonly metrics: Metrics
  readonly sessions: Sessions
  readonly visitors: Visitors
  readonly rateLimits: RateLimits
  /** Runs a job now instead of at its next turn; nothing, where no jobs run. */
  nudge(job: string): void
  /** Aborted when the server stops: streams end themselves. */
  readonly closing: AbortSignal
}
