import { mostEventsInBatch, trackingIsOff, type TrackedEvent } from '../contract/track.ts'
import type { SendOptions, TrackBatch, TrackerPorts } from './ports.ts'
import { readWaiting, type WaitingEvent, writeWaiting } from './waiting.ts'

export const mostEventsKept = 500
const firstRetryMs = 2_000
const longestRetryMs = 60_000
/**
 * A server that asks for a longer pause is mistaken. And a timer beyond 24 days would fire at once.
 */
const longestWishMs = 60 * 60_000

export interface Outbox {
  add(event: TrackedEvent): void
  /**
   * Sends the waiting events of the present reporter, at most one batch at a time. `leaving` does
   * not wait for a batch under way.
   */
  flush(options: SendOptions): void
  /**
   * The network is back, or the reader returned: drops our own pause, but not a pause that the
   * server asked for.
   */
  retryNow(): void
  /** Drops every waiting event, of any visitor, and every timer. */
  drop(): void
}

/**
 * Keeps events in storage until the server confirms that they are stored. A repeat has the same
 * ids, so it changes nothing. Each event belongs to the identity that made it. It is sent only
 * while that identity is signed in. An event from before the first sign-in belongs to the first
 * identity that signs in.
 */
export function makeOutbox(ports: TrackerPorts, onSilenced: () => void): Outbox {
  const { clock, random, storage, reporter, send, onRefused } = ports
  const { waiting: kept, lost } = readWaiting(storage.load())
  let waiting = bounded(kept)
  let underWay = 0
  let failures = 0
  /** Counts `drop`s. Answers to requests from before a drop are ignored. */
  let dropped = 0
  let pause: { wished: boolean; cancel: () => void } | undefined

  if (kept.length !== waiting.length || lost.length > 0) keep()
  lost.forEach((event) => onRefused?.(event, 'nobody knows who made it'))

  function keep(): void {
    storage.save(writeWaiting(waiting))
  }

  /** Returns the present reporter, who takes over events from before the sign-in. */
  function adopt(): string | null {
    const by = reporter()
    if (by !== null && waiting.some((one) => one.by === null)) {
      waiting = waiting.map((one) => (one.by === null ? { ...one, by } : one))
      keep()
    }
    return by
  }

  function add(event: TrackedEvent): void {
    const by = adopt()
    waiting = bounded([
      ...waiting.filter((other) => other.by !== by || !isOutdatedBy(other.event, event)),
      { by, event },
    ])
    keep()
  }

  function takeBatch(): TrackBatch | null {
    const by = adopt()
    const events = waiting.filter((one) => one.by === by).map(({ event }) => event)
    if (by === null || events.length === 0) return null
    return {
      reporter: by,
      sentAt: new Date(clock.now()).toISOString(),
      events: events.slice(0, mostEventsInBatch),
    }
  }

  function flush(options: SendOptions): void {
    if (pause?.wished || (!options.leaving && (underWay > 0 || pause))) return
    const batch = takeBatch()
    if (batch) void deliver(batch, options)
  }

  async function deliver(batch: TrackBatch, options: SendOptions): Promise<void> {
    const before = dropped
    underWay += 1
    const outcome = await send(batch, options)
    underWay -= 1
    if (before !== dropped) return
    if (outcome.kind === 'retry') {
      wait(outcome.afterMs)
      return
    }
    failures = 0
    if (!pause?.wished) endPause()
    forget(batch.events)
    const refused =
      outcome.kind === 'never'
        ? batch.events.map((_, index) => ({ index, reason: outcome.reason }))
        : outcome.refused
    refused.forEach(
      ({ index, reason }) => batch.events[index] && onRefused?.(batch.events[index], reason),
    )
    if (refused.some(({ reason }) => reason === trackingIsOff)) onSilenced()
    else flush({ leaving: false })
  }

  function forget(events: readonly TrackedEvent[]): void {
    const done = new Set(events.map(({ id }) => id))
    waiting = waiting.filter(({ event }) => !done.has(event.id))
    keep()
  }

  function wait(wishMs: number | undefined): void {
    const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** failures)
    failures += 1
    // Half fixed, half random, so that phones that lost the same server do not return in step.
    const own = ceiling / 2 + (ceiling / 2) * random()
    // The answer to a parallel batch may have asked for a pause already.
    if (wishMs === undefined && pause?.wished) return
    endPause()
    const ms =
      wishMs === undefined
        ? own
        : Math.max(own, Math.min(wishMs, longestWishMs) * (1 + random() / 10))
    const cancel = clock.later(ms, () => {
      pause = undefined
      flush({ leaving: false })
    })
    pause = { wished: wishMs !== undefined, cancel }
  }

  function endPause(): void {
    pause?.cancel()
    pause = undefined
  }

  function retryNow(): void {
    if (pause?.wished) return
    endPause()
    failures = 0
    flush({ leaving: false })
  }

  function drop(): void {
    dropped += 1
    endPause()
    failures = 0
    if (waiting.length === 0) return
    waiting = []
    keep()
  }

  return { add, flush, retryNow, drop }
}

/**
 * Whether the later event contains all of the earlier one. Progress is cumulative within a visit,
 * and of two departures the later one counts.
 */
function isOutdatedBy(earlier: TrackedEvent, later: TrackedEvent): boolean {
  return (
    earlier.visitId === later.visitId &&
    ((isProgress(earlier) && (isProgress(later) || isEnd(later))) ||
      (isEnd(earlier) && isEnd(later)))
  )
}

function isProgress({ kind }: TrackedEvent): boolean {
  return kind === 'view.progress' || kind === 'preview.progress'
}

function isEnd({ kind }: TrackedEvent): boolean {
  return kind === 'view.end' || kind === 'preview.end'
}

/**
 * Limits the number of events, for a phone that is offline for days. Progress goes first, then
 * departures, then the oldest.
 */
function bounded(events: WaitingEvent[]): WaitingEvent[] {
  if (events.length <= mostEventsKept) return events
  const progress = events.findIndex(({ event }) => isProgress(event))
  const end = events.findIndex(({ event }) => isEnd(event))
  const victim = [progress, end, 0].find((index) => index !== -1) ?? 0
  return bounded([...events.slice(0, victim), ...events.slice(victim + 1)])
}
