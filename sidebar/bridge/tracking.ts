import type { Call } from '../../shared/client/call.ts'
import { ConnectionError, ProblemError } from '../../shared/client/failures.ts'
import { track } from '../../shared/contract/track.ts'
import type { TrackBatch, TrackOutcome, SendOptions } from '../../shared/tracker/ports.ts'
import { makeTracker, type Tracker } from '../../shared/tracker/tracker.ts'

const storageKey = 'chatside-events'

/**
 * Reports a member's previews under the member's own session. `member` is the signed-in member, or
 * null until that is known.
 */
export function makeMemberTracker({
  call,
  now,
  member,
}: {
  call: Call
  now: () => number
  member: () => string | null
}): Tracker {
  return makeTracker({
    clock: {
      now,
      later(ms, run) {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    },
    random: () => Math.random(),
    storage: { load, save },
    reporter: member,
    send: (batch, options) => send(call, batch, options),
  })
}

function load(): unknown {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? 'null')
  } catch {
    return null
  }
}

function save(stored: unknown): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(stored))
  } catch {
    // The webview keeps nothing, so unsent events last as long as the page.
  }
}

async function send(
  call: Call,
  { reporter: _, ...body }: TrackBatch,
  { leaving }: SendOptions,
): Promise<TrackOutcome> {
  if (leaving) return sendWhileLeaving(body)
  try {
    const { refused } = await call(track, { body })
    return { kind: 'stored', refused }
  } catch (failure) {
    if (failure instanceof ConnectionError) return { kind: 'retry', afterMs: failure.retryAfterMs }
    if (!(failure instanceof ProblemError)) return { kind: 'never', reason: String(failure) }
    const { status, message, retryAfterMs } = failure
    return status >= 500 || status === 401 || status === 429
      ? { kind: 'retry', afterMs: retryAfterMs }
      : { kind: 'never', reason: message }
  }
}

/**
 * Sends with a request that outlives the page. The next ordinary attempt reports final refusals.
 */
async function sendWhileLeaving(body: Omit<TrackBatch, 'reporter'>): Promise<TrackOutcome> {
  const init = {
    method: 'POST',
    keepalive: true,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }
  const reply = await fetch(track.path, init).catch(() => null)
  return reply?.ok ? { kind: 'stored', refused: [] } : { kind: 'retry' }
}
