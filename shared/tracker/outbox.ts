import { mostEventsInBatch, type TrackedEvent } from '../contract/track.ts'
import type { SendOptions, TrackerPorts } from './ports.ts'

export const mostEventsKept = 500
const firstRetryMs = 2_000
const longestRetryMs = 60_000

export interface Outbox {
  add(event: TrackedEvent): void
  /** Sends what waits, at most one batch at a time; `leaving` does not wait for a batch under way. */
  flush(options: SendOptions): void
  /** The network is back, or the reader returned: forget the back-off. */
  retryNow(): void
}

/** Events wait here, in storage, until the server said that they are stored. They are repeated with the ids they were born with, so a repeat changes nothing. */
export function makeOutbox({ clock, random, storage, send, onRefused }: TrackerPorts): Outbox {
  let waiting: TrackedEvent[] = [...storage.load()].slice(-mostEventsKept)
  let sending = false
  let failures = 0
  let cancelRetry: (() => void) | undefined

  function add(event: TrackedEvent): void {
    waiting = bounded([...waiting.filter((other) => !isOutdatedBy(other, event)), event])
    storage.save(waiting)
  }

  function flush(options: SendOptions): void {
    if (waiting.length === 0 || (!options.leaving && (sending || cancelRetry))) return
    const batch = waiting.slice(0, mostEventsInBatch)
    sending = true
    void deliver(batch, options)
  }

  async function deliver(batch: TrackedEvent[], options: SendOptions): Promise<void> {
    const outcome = await send({ sentAt: new Date(clock.now()).toISOString(), events: batch }, options)
    sending = false
    if (outcome.kind === 'retry') {
      backOff()
      return
    }
    failures = 0
    forget(batch)
    if (outcome.kind === 'never') batch.forEach((event) => onRefused?.(event, outcome.reason))
    else outcome.refused.forEach(({ index, reason }) => batch[index] && onRefused?.(batch[index], reason))
    flush({ leaving: false })
  }

  function forget(batch: readonly TrackedEvent[]): void {
    const done = new Set(batch.map((event) => event.id))
    waiting = waiting.filter((event) => !done.has(event.id))
    storage.save(waiting)
  }

  function backOff(): void {
    cancelRetry?.()
    const ceiling = Math.min(longestRetryMs, firstRetryMs * 2 ** failures)
    failures += 1
    // Half fixed, half random: phones that lost the same server must not return in step.
    cancelRetry = clock.later(ceiling / 2 + (ceiling / 2) * random(), () => {
      cancelRetry = undefined
      flush({ leaving: false })
    })
  }

  function retryNow(): void {
    cancelRetry?.()
    cancelRetry = undefined
    failures = 0
    flush({ leaving: false })
  }

  return { add, flush, retryNow }
}

/** Progress is cumulative, so a later word on the same visit says all that an unsent earlier one said. */
function isOutdatedBy(earlier: TrackedEvent, later: TrackedEvent): boolean {
  return (
    earlier.kind === 'view.progress' && (later.kind === 'view.progress' || later.kind === 'view.end') && earlier.visitId === later.visitId
  )
}

/** Too much for a phone that stays offline for days: progress goes first, then the oldest. */
function bounded(events: TrackedEvent[]): TrackedEvent[] {
  if (events.length <= mostEventsKept) return events
  const progress = events.findIndex((event) => event.kind === 'view.progress')
  const victim = progress === -1 ? 0 : progress
  return bounded([...events.slice(0, victim), ...events.slice(victim + 1)])
}
