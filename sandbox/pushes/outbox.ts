import type { Delivery } from '../api.ts'
import type { PushOptions, Receiver } from './receiver.ts'

declare module '../state/world.ts' {
  interface World {
    /** Pushes under way. */
    outbox: Outbox
  }
}

export interface Job {
  delivery: Delivery
  /** How often it was sent; only network failures and timeouts are tried again. */
  tries: number
  /**
   * A second sending of what was sent already: it is not tried again, and its answer is nobody's
   * reply.
   */
  isReplay: boolean
}

/**
 * Each receiver has its own queue, so that a slow one delays nobody else; within a queue one push
 * at a time, in order.
 */
interface Queue {
  jobs: Job[]
  isBusy: boolean
}

/** What is under way. It belongs to the process: a snapshot does not hold it, a reset ends it. */
export interface Outbox {
  queues: Map<Receiver, Queue>
  /** Who waits for a passive reply, by delivery id. */
  askers: Map<string, NonNullable<PushOptions['onReply']>>
  /** Ends requests and retry timers. */
  stops: Set<() => void>
  /** How long a second of the deadlines and retries is, in milliseconds of the real clock. */
  secondMs: number
}

export function createOutbox(): Outbox {
  return { queues: new Map(), askers: new Map(), stops: new Set(), secondMs: 1000 }
}

/** Nothing is sent any more, and no timer keeps the process alive. */
export function stopOutbox(outbox: Outbox) {
  const stops = [...outbox.stops]
  outbox.queues.clear()
  outbox.askers.clear()
  outbox.stops.clear()
  for (const stop of stops) stop()
}
