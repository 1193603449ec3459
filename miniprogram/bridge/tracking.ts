import { makeCall, readReply } from '../../shared/client/call.ts'
import { ConnectionError, ProblemError } from '../../shared/client/failures.ts'
import { track } from '../../shared/contract/track.ts'
import type { SendOptions, TrackBatch, TrackOutcome } from '../../shared/tracker/ports.ts'
import { makeTracker, type Visit } from '../../shared/tracker/tracker.ts'
import { SignInError } from './failures.ts'
import { isH5 } from './platform.ts'
import {
  authorizeAs,
  currentIdentity,
  headersNow,
  onSignedIn,
  OtherVisitor,
  renew,
} from './session.ts'
import { load, save } from './storage.ts'
import { transport } from './transport.ts'

const storageKey = 'chatside.events'

/** The visits of open pages, by share. Acts of another page under the same share belong to them. */
const openVisits = new Map<string, Visit>()

const silenced = new Set<() => void>()

export const tracker = makeTracker({
  clock: {
    now: () => Date.now(),
    later(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  },
  random: () => Math.random(),
  storage: { load: () => load(storageKey), save: (stored) => save(storageKey, stored) },
  reporter: currentIdentity,
  send,
  onSilenced: () => silenced.forEach((listener) => listener()),
})
onSignedIn(() => tracker.retryNow())

/** Begins a visit. There is no other way. */
export function startVisit(shareId: string, visitId?: string): Visit {
  const visit = tracker.startVisit(shareId, visitId)
  openVisits.set(shareId, visit)
  return visit
}

export function visitUnder(shareId: string | null): Visit | undefined {
  return shareId === null ? undefined : openVisits.get(shareId)
}

export function endVisit(shareId: string): void {
  openVisits.get(shareId)?.end()
  openVisits.delete(shareId)
}

/** Calls `listener` when the server says that this person opted out on another device. */
export function onSilenced(listener: () => void): void {
  silenced.add(listener)
}

async function send(
  { reporter, ...body }: TrackBatch,
  { leaving }: SendOptions,
): Promise<TrackOutcome> {
  if (leaving && isH5) return sendWhileLeaving(reporter, body)
  try {
    // Asked before each attempt. When renewing the token shows another visitor, nothing is sent.
    const call = makeCall({ transport, authorize: () => authorizeAs(reporter), renew })
    const { refused } = await call(track, { body })
    return { kind: 'stored', refused }
  } catch (failure) {
    return outcomeOf(failure)
  }
}

/**
 * Sends with `keepalive`, which outlives the page as `sendBeacon` does. Unlike `sendBeacon` it can
 * carry the bearer token.
 */
async function sendWhileLeaving(
  reporter: string,
  body: Omit<TrackBatch, 'reporter'>,
): Promise<TrackOutcome> {
  const headers = headersNow(reporter)
  if (!headers) return { kind: 'retry' }
  try {
    const reply = await fetch(__API_BASE__ + track.path, {
      method: 'POST',
      keepalive: true,
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const retryAfter = reply.headers.get('retry-after') ?? undefined
    const { refused } = readReply(track, {
      status: reply.status,
      body: await reply.json(),
      retryAfter,
    })
    return { kind: 'stored', refused }
  } catch (failure) {
    return failure instanceof ProblemError ? outcomeOf(failure) : { kind: 'retry' }
  }
}

function outcomeOf(failure: unknown): TrackOutcome {
  if (failure instanceof ConnectionError) return { kind: 'retry', afterMs: failure.retryAfterMs }
  if (failure instanceof ProblemError) {
    const { status, message, retryAfterMs } = failure
    const mayPass = status >= 500 || status === 401 || status === 408 || status === 429
    return mayPass ? { kind: 'retry', afterMs: retryAfterMs } : { kind: 'never', reason: message }
  }
  const maySignIn = failure instanceof OtherVisitor || failure instanceof SignInError
  return maySignIn ? { kind: 'retry' } : { kind: 'never', reason: String(failure) }
}
