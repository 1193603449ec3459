import type { TrackedEvent } from '../contract/track.ts'

/** Wall-clock milliseconds and timers; tests turn them by hand. */
export interface TrackerClock {
  now(): number
  /** Runs once after `ms`; the returned function calls it off. */
  later(ms: number, run: () => void): () => void
}

/**
 * Where unsent events survive a restart, as JSON that the outbox itself reads and writes
 * (waiting.ts). Losing it loses only what was never sent.
 */
export interface TrackerStorage {
  /** Whatever is there; it may be missing, broken or of an older version. */
  load(): unknown
  save(stored: unknown): void
}

/** Events of one reporter; they must not travel under another's session. */
export interface TrackBatch {
  /** The identity that made them. */
  reporter: string
  sentAt: string
  events: TrackedEvent[]
}

/**
 * What became of a batch. `retry` = nobody answered, or the server was busy and wishes to be left
 * alone for `afterMs`; `never` = the server will not take it however often it comes.
 */
export type TrackOutcome =
  | { kind: 'stored'; refused: readonly { index: number; reason: string }[] }
  | { kind: 'retry'; afterMs?: number | undefined }
  | { kind: 'never'; reason: string }

export interface SendOptions {
  /** The page is going away: use what outlives it (a keep-alive request). */
  leaving: boolean
}

export interface TrackerPorts {
  clock: TrackerClock
  /**
   * Like `Math.random`: 0 ≤ x < 1. Enough for ids that need no secrecy; WeChat has no synchronous
   * crypto.
   */
  random: () => number
  storage: TrackerStorage
  /**
   * The identity that is signed in now, also while its token is being renewed; null while nobody is
   * known yet.
   */
  reporter(): string | null
  /** Must not reject. */
  send(batch: TrackBatch, options: SendOptions): Promise<TrackOutcome>
  /** An event that will never be stored, for the log. */
  onRefused?(event: TrackedEvent, reason: string): void
  /**
   * The server said that this person does not want to be tracked: they chose so on another device.
   * The tracker is silent already.
   */
  onSilenced?(): void
}
