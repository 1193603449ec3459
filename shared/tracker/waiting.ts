import * as v from 'valibot'
import { TrackedEvent } from '../contract/track.ts'

/** An event that waits, and the identity that made it; null until somebody is signed in. */
export interface WaitingEvent {
  by: string | null
  event: TrackedEvent
}

/** 1 was a plain list of events, without a word about who made them. */
const version = 2

const Stored = v.object({
  version: v.literal(version),
  waiting: v.array(v.object({ by: v.nullable(v.string()), event: v.unknown() })),
})

export function writeWaiting(waiting: readonly WaitingEvent[]): unknown {
  return { version, waiting }
}

/**
 * What may still be sent, and what may not: an event without a maker could only be sent as somebody
 * else's. One that nobody had signed in for belongs to the app session that ended. What is no event
 * any more (an older app's) is left out without a word.
 */
export function readWaiting(stored: unknown): { waiting: WaitingEvent[]; lost: TrackedEvent[] } {
  const parsed = v.safeParse(Stored, stored)
  const rows: readonly { by: string | null; event: unknown }[] = parsed.success
    ? parsed.output.waiting
    : Array.isArray(stored)
      ? stored.map((event: unknown) => ({ by: null, event }))
      : []
  const known = rows.flatMap(({ by, event }) => (v.is(TrackedEvent, event) ? [{ by, event }] : []))
  return {
    waiting: known.filter(({ by }) => by !== null),
    lost: known.filter(({ by }) => by === null).map(({ event }) => event),
  }
}
