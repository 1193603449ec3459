import type { TrackedEvent } from '../contract/track.ts'

/** Wall-clock milliseconds and timers; tests turn them by hand. */
export interface TrackerClock {
  now(): number
  /** Runs once after `ms`; the returned function calls it off. */
  later(ms: number, run: () => void): () => void
}

/** Where unsent events survive a restart. Losing it loses only what was never sent. */
export interface TrackerStorage {
  load(): readonly TrackedEvent[]
  save(events: readonly TrackedEvent[]): void
}

export interface TrackBatch {
  sentAt: string
  events: TrackedEvent[]
}

/** What became of a batch. `retry` = nobody answered or the server was busy; `never` = the server will not take it however often it comes. */
export type TrackOutcome =
  { kind: 'stored'; refused: readonly { index: number; reason: string }[] } | { kind: 'retry' } | { kind: 'never'; reason: string }

export interface SendOptions {
  /** The page is going away: use what outlives it (a keep-alive request). */
  leaving: boolean
}

export interface TrackerPorts {
  clock: TrackerClock
  /** Like `Math.random`: 0 ≤ x < 1. Enough for ids that need no secrecy; WeChat has no synchronous crypto. */
  random: () => number
  storage: TrackerStorage
  /** Must not reject. */
  send(batch: TrackBatch, options: SendOptions): Promise<TrackOutcome>
  /** An event that will never be stored, for the log. */
  onRefused?(event: TrackedEvent, reason: string): void
}
