import type { TrackedEvent } from '../contract/track.ts'

/** Wall-clock milliseconds and timers; tests turn them by hand. */
export interface TrackerClock {
  now(): number
  /** Runs once after `ms`. The returned function cancels it. */
  later(ms: number, run: () => void): () => void
}

/**
 * Keeps unsent events over a restart, as JSON that the outbox itself reads and writes (waiting.ts).
 * When it is lost, only unsent events are lost.
 */
export interface TrackerStorage {
  /** Returns the stored value, which may be missing, broken or of an older version. */
  load(): unknown
  save(stored: unknown): void
}

/** Events of one reporter. They must not travel under another reporter's session. */
export interface TrackBatch {
  /** The identity that made them. */
  reporter: string
  sentAt: string
  events: TrackedEvent[]
}

/**
 * The outcome of a batch. `retry`: nobody answered, or the server was busy and asks for a pause of
 * `afterMs`. `never`: the server will refuse every repeat.
 */
export type TrackOutcome =
  | { kind: 'stored'; refused: readonly { index: number; reason: string }[] }
  | { kind: 'retry'; afterMs?: number | undefined }
  | { kind: 'never'; reason: string }

export interface SendOptions {
  /** The page is going away: use a request that outlives it (keep-alive). */
  leaving: boolean
}

export interface TrackerPorts {
  clock: TrackerClock
  /**
   * Like `Math.random`: 0 ≤ x < 1. It suffices for ids without secrecy; WeChat has no synchronous
   * crypto.
   */
  random: () => number
  storage: TrackerStorage
  /**
   * The identity that is signed in now, also while its token is being renewed; null before the
   * first sign-in.
   */
  reporter(): string | null
  /** Must not reject. */
  send(batch: TrackBatch, options: SendOptions): Promise<TrackOutcome>
  /** An event that will never be stored, for the log. */
  onRefused?(event: TrackedEvent, reason: string): void
  /**
   * The server said that this person refused tracking on another device. The tracker is silent
   * already.
   */
  onSilenced?(): void
}
