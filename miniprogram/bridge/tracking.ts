import * as v from 'valibot'
import { ConnectionError, ProblemError } from '../../shared/client/failures.ts'
import { track, TrackedEvent } from '../../shared/contract/track.ts'
import type { SendOptions, TrackBatch, TrackOutcome } from '../../shared/tracker/ports.ts'
import { makeTracker } from '../../shared/tracker/tracker.ts'
import { call } from './api.ts'
import { isH5 } from './platform.ts'
import { currentHeaders } from './session.ts'
import { load, save } from './storage.ts'

const storageKey = 'chatside.events'

export const tracker = makeTracker({
  clock: {
    now: () => Date.now(),
    later(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  },
  random: () => Math.random(),
  storage: {
    load() {
      const stored = load(storageKey)
      return Array.isArray(stored) ? stored.filter((event) => v.is(TrackedEvent, event)) : []
    },
    save: (events) => save(storageKey, events),
  },
  send,
})

async function send(batch: TrackBatch, { leaving }: SendOptions): Promise<TrackOutcome> {
  if (leaving && isH5) return sendWhileLeaving(batch)
  try {
    const { refused } = await call(track, { body: batch })
    return { kind: 'stored', refused }
  } catch (failure) {
    return outcomeOf(failure)
  }
}

/** `keepalive` outlives the page, as `sendBeacon` does, and can carry the bearer token, which `sendBeacon` cannot. */
async function sendWhileLeaving(batch: TrackBatch): Promise<TrackOutcome> {
  const headers = currentHeaders()
  if (!headers) return { kind: 'retry' }
  try {
    const reply = await fetch(__API_BASE__ + track.path, {
      method: 'POST',
      keepalive: true,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(batch),
    })
    // Anything but a plain yes is left to the ordinary way, which knows how to renew and what to drop.
    return reply.ok ? { kind: 'stored', refused: [] } : { kind: 'retry' }
  } catch {
    return { kind: 'retry' }
  }
}

function outcomeOf(failure: unknown): TrackOutcome {
  if (!(failure instanceof ProblemError))
    return failure instanceof ConnectionError ? { kind: 'retry' } : { kind: 'never', reason: String(failure) }
  const mayPass = failure.status >= 500 || failure.status === 401 || failure.status === 408 || failure.status === 429
  return mayPass ? { kind: 'retry' } : { kind: 'never', reason: failure.message }
}
