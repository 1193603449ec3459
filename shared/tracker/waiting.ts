import * as v from 'valibot'
import { TrackedEvent } from '../contract/track.ts'

/** A waiting event, and the identity that made it; null before the sign-in. */
export interface WaitingEvent {
  by: string | null
  event: TrackedEvent
}

/** Version 1 was a plain list of events, without their makers. */
const version = 2

const Stored = v.object({
  version: v.literal(version),
  waiting: v.array(v.object({ by: v.nullable(v.string()), event: v.unknown() })),
})

export function writeWaiting(waiting: readonly WaitingEvent[]): unknown {
  return { version, waiting }
}

/**
 * Splits stored events into those that may be sent and those that may not. An event without a maker
 * could only be sent under a foreign identity: it comes from before a sign-in, in an app session
 * that has ended. Values that are not events any more (of an older app) are dropped silently.
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
