import type { TrackedEvent } from '../contract/track.ts'
import { readWaiting } from './waiting.ts'
import type { SendOptions, TrackBatch, TrackerPorts, TrackOutcome } from './ports.ts'

/** Makes a phone whose time, storage and network a test controls. */
export function makeBench({
  start = Date.parse('2026-11-21T08:00:00.000Z'),
  stored = null as unknown,
  reporter = 'lin' as string | null,
} = {}) {
  let now = start
  let jumped = 0
  let timers: { at: number; run: () => void }[] = []
  let outcome: (batch: TrackBatch) => TrackOutcome = () => ({ kind: 'stored', refused: [] })
  const sent: (TrackBatch & SendOptions)[] = []
  const refused: { event: TrackedEvent; reason: string }[] = []
  let kept = stored
  let who = reporter
  let silenced = 0

  const ports: TrackerPorts = {
    clock: {
      now: () => now + jumped,
      later(ms, run) {
        const timer = { at: now + ms, run }
        timers.push(timer)
        return () => (timers = timers.filter((other) => other !== timer))
      },
    },
    random: () => 0.5,
    storage: { load: () => kept, save: (waiting) => (kept = waiting) },
    reporter: () => who,
    send: (batch, options) => {
      sent.push({ ...batch, ...options })
      return Promise.resolve(outcome(batch))
    },
    onRefused: (event, reason) => refused.push({ event, reason }),
    onSilenced: () => (silenced += 1),
  }

  /** Lets answers arrive while time stands still. */
  async function settle(): Promise<void> {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
  }

  async function pass(ms: number): Promise<void> {
    const until = now + ms
    await settle()
    for (;;) {
      const next = timers
        .filter((timer) => timer.at <= until)
        .sort((one, other) => one.at - other.at)[0]
      if (!next) break
      timers = timers.filter((timer) => timer !== next)
      now = Math.max(now, next.at)
      next.run()
      await settle()
    }
    now = until
  }

  return {
    ports,
    sent,
    refused,
    /** The waiting events in storage. */
    waiting: () => {
      const { waiting, lost } = readWaiting(kept)
      return [...waiting.map(({ event }) => event), ...lost]
    },
    /** The storage as a restart reads it. */
    kept: () => JSON.parse(JSON.stringify(kept)) as unknown,
    timers: () => timers.length,
    /** The app is killed. */
    loseTimers: () => (timers = []),
    silenced: () => silenced,
    /** Another identity signs in, or nobody. */
    signIn: (identity: string | null) => (who = identity),
    settle,
    pass,
    /** The wall clock jumps, timers do not. */
    jump: (ms: number) => (jumped += ms),
    answer: (how: (batch: TrackBatch) => TrackOutcome) => (outcome = how),
    sentEvents: () => sent.flatMap((batch) => batch.events),
  }
}
