import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TrackedEvent } from '../contract/track.ts'
import { mostEventsKept } from './outbox.ts'
import type { TrackOutcome } from './ports.ts'
import { makeBench } from './testing.ts'
import { makeTracker, type Visit } from './tracker.ts'
import type { WaitingEvent } from './waiting.ts'

const shareId = '01934a5b-1c2d-7e3f-8a4b-5c6d7e8f9a0b'

/** Events in the life of a phone. */
const Happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('read' as const),
      percent: fc.integer({ min: 0, max: 100 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('pass' as const),
      ms: fc.integer({ min: 1, max: 90_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('click' as const),
      times: fc.constantFrom(1, 1, 1, 120, 520),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('answers' as const),
      how: fc.constantFrom('stored', 'lost', 'busy', 'never'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('signIn' as const),
      who: fc.constantFrom('lin', 'wang'),
    }),
  },
  ...(
    ['open', 'hide', 'show', 'end', 'retryNow', 'restart', 'clockBack', 'clickAndLeave'] as const
  ).map((what) => ({
    weight: 2,
    arbitrary: fc.record({ what: fc.constant(what) }),
  })),
)
type Happening = typeof Happening extends fc.Arbitrary<infer T> ? T : never

const outcomes: Record<string, TrackOutcome> = {
  stored: { kind: 'stored', refused: [] },
  lost: { kind: 'retry' },
  busy: { kind: 'retry', afterMs: 7_000 },
  never: { kind: 'never', reason: 'body_too_large' },
}

/**
 * Plays the happenings and notes forbidden results. Then the network heals and each reporter comes
 * back.
 */
async function live(happenings: readonly Happening[]) {
  const bench = makeBench()
  // Two runs of the app must not make the same ids.
  let dice = 0
  bench.ports.random = () => (dice = (dice + 0.618034) % 1)
  let answer = 'stored'
  const answered = new Set<string>()
  const madeBy = new Map<string, string>()
  const firstSent = new Map<string, string>()
  const broken: string[] = []
  const { save } = bench.ports.storage
  bench.ports.storage.save = (stored) => {
    save(stored)
    const { waiting } = stored as { waiting: WaitingEvent[] }
    if (waiting.length > mostEventsKept) broken.push('more than the bound is kept')
    for (const { event } of waiting)
      if (!madeBy.has(event.id)) madeBy.set(event.id, bench.ports.reporter() ?? '')
  }
  bench.answer(({ events, reporter }) => {
    for (const event of events) {
      if (answered.has(event.id)) broken.push(`${event.kind} was sent again after its answer`)
      if (madeBy.get(event.id) !== reporter)
        broken.push(`${event.kind} was sent under another’s session`)
      const as = JSON.stringify(event)
      if ((firstSent.get(event.id) ?? as) !== as)
        broken.push(`${event.kind} was sent again as another`)
      firstSent.set(event.id, as)
    }
    // Heard a moment later: a request that leaves at the same time cannot know it yet.
    if (answer === 'stored' || answer === 'never')
      void Promise.resolve().then(() => events.forEach(({ id }) => answered.add(id)))
    return outcomes[answer] ?? { kind: 'retry' }
  })

  let tracker = makeTracker(bench.ports)
  let visit: Visit = tracker.startVisit(shareId)
  await bench.settle()
  for (const happening of happenings) {
    if (happening.what === 'read')
      visit.reach({ unit: 'percent', reached: happening.percent, total: 100 })
    else if (happening.what === 'pass') await bench.pass(happening.ms)
    else if (happening.what === 'click')
      for (let n = 0; n < happening.times; n += 1) visit.click(`item-${n}`)
    else if (happening.what === 'answers') answer = happening.how
    else if (happening.what === 'signIn') bench.signIn(happening.who)
    else if (happening.what === 'open') visit = tracker.startVisit(shareId)
    else if (happening.what === 'retryNow') tracker.retryNow()
    else if (happening.what === 'clockBack') bench.jump(-3_600_000)
    else if (happening.what === 'clickAndLeave') {
      visit.click('away')
      visit.hide()
    } else if (happening.what === 'restart') {
      bench.loseTimers()
      tracker = makeTracker(bench.ports)
      visit = tracker.startVisit(shareId)
    } else visit[happening.what]()
    await bench.settle()
  }
  visit.end()
  await bench.settle()
  answer = 'stored'
  const left = bench.waiting()
  for (const who of ['lin', 'wang']) {
    bench.signIn(who)
    await bench.pass(120_000)
    tracker.retryNow()
    await bench.pass(1_000)
  }
  return { bench, broken, left }
}

const Life = fc.array(Happening, { maxLength: 60 })

test('whatever happens, no more than the bound is kept, what was answered is never sent again, and nothing travels changed or under another’s session', async () => {
  await fc.assert(
    fc.asyncProperty(Life, async (happenings) => {
      const { broken } = await live(happenings)
      expect(broken).toEqual([])
    }),
    { numRuns: 100 },
  )
})

test('whatever happened, what still waits goes out under its own ids once its reporter is back and the network too', async () => {
  await fc.assert(
    fc.asyncProperty(Life, async (happenings) => {
      const { bench, left } = await live(happenings)
      expect(bench.waiting()).toEqual([])
      const sent = bench.sentEvents()
      // A later event of the same visit contains all of an unsent earlier one.
      const isTold = (event: TrackedEvent) =>
        sent.some(
          (other) =>
            other.id === event.id ||
            (event.kind === 'view.progress' &&
              'activeSeconds' in other &&
              other.visitId === event.visitId &&
              other.activeSeconds >= event.activeSeconds),
        )
      expect(left.filter((event) => !isTold(event))).toEqual([])
    }),
    { numRuns: 100 },
  )
})
