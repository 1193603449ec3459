import * as v from 'valibot'
import { expect, test } from 'vitest'
import { TrackedEvent } from '../contract/track.ts'
import { mostEventsKept } from './outbox.ts'
import type { TrackOutcome } from './ports.ts'
import { makeBench } from './testing.ts'
import { makeTracker } from './tracker.ts'

const shareId = '01934a5b-1c2d-7e3f-8a4b-5c6d7e8f9a0b'

function read(answer: () => TrackOutcome = () => ({ kind: 'stored', refused: [] })) {
  const bench = makeBench()
  bench.answer(answer)
  const tracker = makeTracker(bench.ports)
  return { ...bench, tracker, visit: tracker.startVisit(shareId) }
}

const nobody = (): TrackOutcome => ({ kind: 'retry' })

function secondsOf(event: TrackedEvent | undefined): number {
  return event && 'activeSeconds' in event ? event.activeSeconds : Number.NaN
}

test('a visit is reported at once, then every two seconds while it progresses', async () => {
  const { visit, pass, sentEvents } = read()
  await pass(1_999)
  expect(sentEvents()).toHaveLength(1)
  await pass(1)
  visit.reach({ unit: 'percent', reached: 40, total: 100 })
  await pass(2_000)
  expect(sentEvents().map((event) => event.kind)).toEqual([
    'view.start',
    'view.progress',
    'view.progress',
  ])
  expect(sentEvents()[2]).toMatchObject({
    activeSeconds: 4,
    depth: { unit: 'percent', reached: 40, total: 100 },
    visitId: visit.id,
    shareId,
  })
})

test('every event that is sent is one that the contract accepts', async () => {
  const { visit, pass, sentEvents, tracker } = read()
  visit.reach({ unit: 'page', reached: 2, total: 12 })
  await pass(2_000)
  visit.click('workorder.new')
  await pass(1)
  visit.share(tracker.newId())
  await pass(1)
  visit.end()
  await pass(1)
  expect(sentEvents().map((event) => event.kind)).toEqual([
    'view.start',
    'view.progress',
    'menu.click',
    'share',
    'view.end',
  ])
  for (const event of sentEvents()) expect(v.is(TrackedEvent, event)).toBe(true)
})

test('a reader who does nothing for thirty seconds is idle: time stops and nothing is sent', async () => {
  const { pass, sent, sentEvents } = read()
  await pass(600_000)
  expect(secondsOf(sentEvents().at(-1))).toBe(30)
  const before = sent.length
  await pass(600_000)
  expect(sent).toHaveLength(before)
})

test('a sign of life lets the time go on, without the idle time', async () => {
  const { visit, pass, sentEvents } = read()
  await pass(100_000)
  visit.touch()
  await pass(10_000)
  expect(secondsOf(sentEvents().at(-1))).toBe(40)
})

test('a hidden page does not count, and says all it knows when it is hidden', async () => {
  const { visit, pass, sent, sentEvents } = read()
  await pass(2_000)
  visit.hide()
  await pass(60_000)
  expect(sent.at(-1)).toMatchObject({ leaving: true })
  expect(secondsOf(sentEvents().at(-1))).toBe(2)
  visit.show()
  await pass(6_000)
  expect(secondsOf(sentEvents().at(-1))).toBe(8)
})

test('a reader who hides the page has left, and has come back when it is shown, though nothing else is new', async () => {
  const { visit, pass, sentEvents } = read()
  const kinds = () => sentEvents().map(({ kind }) => kind)
  await pass(2_000)
  visit.hide()
  visit.hide()
  await pass(0)
  expect(kinds()).toEqual(['view.start', 'view.progress', 'view.end'])
  visit.show()
  visit.show()
  await pass(0)
  expect(kinds().slice(3)).toEqual(['view.progress'])
  visit.hide()
  await pass(0)
  // The page is closed while it is hidden: it has said so.
  visit.end()
  await pass(60_000)
  expect(kinds().slice(4)).toEqual(['view.end'])
})

test('a visit under an id that came with the share keeps it, and the next one has another', async () => {
  const bench = makeBench()
  const tracker = makeTracker(bench.ports)
  const issued = '01934a5b-1c2d-8001-8a4b-5c6d7e8f9a01'
  expect(tracker.startVisit(shareId, issued).id).toBe(issued)
  expect(tracker.startVisit(shareId).id).not.toBe(issued)
  await bench.settle()
  expect(bench.sentEvents()[0]).toMatchObject({ kind: 'view.start', visitId: issued })
})

test('a clock that jumps ahead or back does not make up reading time', async () => {
  const { visit, pass, jump, sentEvents } = read()
  await pass(1_000)
  jump(7_200_000)
  visit.touch()
  await pass(1_000)
  jump(-86_400_000)
  visit.touch()
  visit.end()
  await pass(1)
  expect(secondsOf(sentEvents().at(-1))).toBeLessThanOrEqual(32)
})

test('the furthest depth counts, not the last', async () => {
  const { visit, pass, sentEvents } = read()
  visit.reach({ unit: 'second', reached: 60, total: 96 })
  visit.reach({ unit: 'second', reached: 5, total: 96 })
  await pass(5_000)
  expect(sentEvents().at(-1)).toMatchObject({ depth: { reached: 60 } })
})

test('what nobody answered is sent again under the same ids, less and less often', async () => {
  const { pass, sent, sentEvents } = read(nobody)
  await pass(30_000)
  expect(sent.length).toBeGreaterThan(2)
  expect(sent.length).toBeLessThan(7)
  const gaps = sent
    .slice(1)
    .map((batch, index) => Date.parse(batch.sentAt) - Date.parse(sent[index]?.sentAt ?? ''))
  expect(gaps.at(-1)).toBeGreaterThan(gaps[0] ?? 0)
  const starts = sentEvents().filter((event) => event.kind === 'view.start')
  expect(starts.length).toBeGreaterThan(2)
  expect(new Set(starts.map((event) => event.id)).size).toBe(1)
})

test('after a time without a network the reader’s return sends at once', async () => {
  const { visit, pass, answer, sent, waiting } = read()
  answer(() => ({ kind: 'retry' }))
  await pass(60_000)
  visit.hide()
  await pass(1)
  answer(() => ({ kind: 'stored', refused: [] }))
  const before = sent.length
  visit.show()
  await pass(1)
  expect(sent).toHaveLength(before + 1)
  expect(waiting()).toEqual([])
})

test('progress that was overtaken before it could be sent is not sent', async () => {
  const { visit, pass, waiting } = read(nobody)
  await pass(300)
  for (let turn = 0; turn < 50; turn += 1) {
    visit.touch()
    await pass(5_000)
  }
  expect(waiting().map((event) => event.kind)).toEqual(['view.start', 'view.progress'])
  expect(secondsOf(waiting()[1])).toBeGreaterThan(245)
})

test('unsent events survive a restart', async () => {
  const first = read()
  first.answer(() => ({ kind: 'retry' }))
  await first.pass(12_000)
  const second = makeBench({ stored: first.kept() })
  makeTracker(second.ports).retryNow()
  await second.settle()
  expect(second.sentEvents().map((event) => event.id)).toEqual(
    first.waiting().map((event) => event.id),
  )
  expect(second.waiting()).toEqual([])
})

test('a phone that stays offline keeps a bounded number of events and never loses an opening for progress', async () => {
  const bench = makeBench()
  bench.answer(() => ({ kind: 'retry' }))
  const tracker = makeTracker(bench.ports)
  for (let n = 0; n < mostEventsKept; n += 1) {
    tracker.startVisit(shareId).hide()
    await bench.pass(1)
  }
  expect(bench.waiting().length).toBeLessThanOrEqual(mostEventsKept)
  expect(bench.waiting().filter((event) => event.kind === 'view.start').length).toBe(mostEventsKept)
})

test('a batch holds at most a hundred events, and the rest follows', async () => {
  const bench = makeBench()
  bench.answer(() => ({ kind: 'retry' }))
  const tracker = makeTracker(bench.ports)
  const visit = tracker.startVisit(shareId)
  for (let n = 0; n < 249; n += 1) visit.click(`item-${n}`)
  bench.answer(() => ({ kind: 'stored', refused: [] }))
  await bench.settle()
  const before = bench.sent.length
  tracker.retryNow()
  await bench.settle()
  await bench.settle()
  expect(bench.sent.slice(before).map((batch) => batch.events.length)).toEqual([100, 100, 50])
  expect(bench.waiting()).toEqual([])
})

test('what the server refuses for good is dropped and said', async () => {
  const { visit, pass, answer, refused, waiting } = read()
  await pass(1)
  answer(() => ({ kind: 'stored', refused: [{ index: 0, reason: 'share unknown' }] }))
  visit.click('x')
  await pass(1)
  expect(refused).toMatchObject([{ event: { kind: 'menu.click' }, reason: 'share unknown' }])
  answer(() => ({ kind: 'never', reason: 'body_too_large' }))
  visit.click('y')
  await pass(1)
  expect(refused.at(-1)).toMatchObject({ reason: 'body_too_large' })
  expect(waiting()).toEqual([])
})

test('what one visitor did is never sent under another’s session, and goes out when the first one is back', async () => {
  const bench = read(nobody)
  await bench.pass(6_000)
  bench.visit.end()
  await bench.pass(1)
  bench.answer(() => ({ kind: 'stored', refused: [] }))
  bench.signIn('wang')
  const before = bench.sent.length
  bench.tracker.startVisit(shareId).click('x')
  await bench.pass(600_000)
  expect(
    bench.sent
      .slice(before)
      .every(
        ({ reporter, events }) =>
          reporter === 'wang' && events.every((event) => event.visitId !== bench.visit.id),
      ),
  ).toBe(true)
  expect(bench.waiting().map((event) => event.visitId)).toEqual([bench.visit.id, bench.visit.id])
  bench.signIn('lin')
  bench.tracker.retryNow()
  await bench.settle()
  expect(bench.sent.at(-1)).toMatchObject({
    reporter: 'lin',
    events: [{ kind: 'view.start' }, { kind: 'view.end' }],
  })
  expect(bench.waiting()).toEqual([])
})

test('what happened before anybody had signed in is the first one’s who does', async () => {
  const bench = makeBench({ reporter: null })
  const tracker = makeTracker(bench.ports)
  tracker.startVisit(shareId)
  await bench.pass(20_000)
  expect(bench.sent).toEqual([])
  bench.signIn('lin')
  await bench.pass(2_000)
  bench.signIn('wang')
  await bench.pass(2_000)
  expect(bench.sent[0]).toMatchObject({
    reporter: 'lin',
    events: [{ kind: 'view.start' }, { kind: 'view.progress' }],
  })
  expect(bench.sent.slice(1).every(({ reporter }) => reporter === 'wang')).toBe(true)
})

test('nobody’s events of an earlier run, and those of an older app that did not say whose they are, are dropped and said', async () => {
  const nobodys = makeBench({ reporter: null })
  makeTracker(nobodys.ports).startVisit(shareId)
  const old = nobodys.waiting()
  for (const stored of [nobodys.kept(), old]) {
    const bench = makeBench({ stored })
    makeTracker(bench.ports).retryNow()
    await bench.settle()
    expect(bench.sent).toEqual([])
    expect(bench.refused).toMatchObject([
      { event: { kind: 'view.start' }, reason: 'nobody knows who made it' },
    ])
    expect(bench.waiting()).toEqual([])
  }
})

test('a server that asks for a pause gets it, also from a reader who comes back or leaves', async () => {
  const bench = read(() => ({ kind: 'retry', afterMs: 40_000 }))
  await bench.pass(1)
  expect(bench.sent).toHaveLength(1)
  bench.tracker.retryNow()
  bench.visit.hide()
  bench.visit.show()
  await bench.pass(39_000)
  expect(bench.sent).toHaveLength(1)
  bench.answer(() => ({ kind: 'stored', refused: [] }))
  await bench.pass(6_000)
  expect(bench.sent).toHaveLength(2)
  expect(bench.waiting()).toEqual([])
})

test('a wish without measure does not silence a phone for good', async () => {
  const bench = read(() => ({ kind: 'retry', afterMs: 1e12 }))
  await bench.pass(1)
  bench.answer(() => ({ kind: 'stored', refused: [] }))
  await bench.pass(70 * 60_000)
  expect(bench.waiting()).toEqual([])
})

test('who opts out is not reported any more: what waits is dropped, nothing ticks and nothing is sent', async () => {
  const bench = read(nobody)
  await bench.pass(6_000)
  bench.answer(() => ({ kind: 'stored', refused: [] }))
  bench.tracker.setEnabled(false)
  expect(bench.waiting()).toEqual([])
  expect(bench.timers()).toBe(0)
  const before = bench.sent.length
  const { visit } = bench
  visit.touch()
  visit.reach({ unit: 'percent', reached: 90, total: 100 })
  visit.click('x')
  visit.share(bench.tracker.newId())
  visit.hide()
  visit.show()
  bench.tracker.startVisit(shareId).click('y')
  bench.tracker.retryNow()
  await bench.pass(600_000)
  visit.end()
  await bench.settle()
  expect(bench.sent).toHaveLength(before)
  expect(bench.timers()).toBe(0)
})

test('opting in again begins with the next visit; those begun before stay silent', async () => {
  const bench = read()
  bench.tracker.setEnabled(false)
  const whileOff = bench.tracker.startVisit(shareId)
  bench.tracker.setEnabled(true)
  const before = bench.sent.length
  for (const visit of [bench.visit, whileOff]) {
    visit.click('x')
    visit.end()
  }
  await bench.pass(60_000)
  expect(bench.sent).toHaveLength(before)
  const next = bench.tracker.startVisit(shareId)
  await bench.settle()
  expect(bench.sent.at(-1)).toMatchObject({ events: [{ kind: 'view.start', visitId: next.id }] })
})

test('a batch that was under way when the reader opted out is not tried again', async () => {
  const bench = read(nobody)
  bench.tracker.setEnabled(false)
  await bench.pass(600_000)
  expect(bench.sent).toHaveLength(1)
  expect(bench.timers()).toBe(0)
})

test('who opted out on another device is not reported by this one either, once the server has said so', async () => {
  const bench = read()
  await bench.pass(1)
  bench.answer(({ events }) => ({
    kind: 'stored',
    refused: events.map((_, index) => ({ index, reason: 'tracking is off' })),
  }))
  bench.visit.click('x')
  await bench.settle()
  expect(bench.silenced()).toBe(1)
  const before = bench.sent.length
  bench.visit.click('y')
  await bench.pass(600_000)
  expect(bench.sent).toHaveLength(before)
  expect(bench.timers()).toBe(0)
})

test('what is more than reading is told at once, and belongs to the visit', async () => {
  const { visit, pass, sentEvents } = read()
  await pass(0)
  visit.submitForm('试用申请', 4)
  visit.submitWorkorder(shareId)
  await pass(0)
  const told = sentEvents().filter(({ kind }) => kind.endsWith('.submit'))
  expect(told).toMatchObject([
    { kind: 'form.submit', form: '试用申请', fields: 4, visitId: visit.id, shareId },
    { kind: 'workorder.submit', workorderId: shareId, visitId: visit.id, shareId },
  ])
  expect(told.every((event) => v.is(TrackedEvent, event))).toBe(true)
})

test('a member’s preview is reported as a visit is, of the material', async () => {
  const { ports, pass, sentEvents } = makeBench()
  const preview = makeTracker(ports).startPreview(shareId)
  preview.reach({ unit: 'percent', reached: 40, total: 100 })
  await pass(3_000)
  preview.end()
  await pass(0)
  const told = sentEvents()
  expect(told.map(({ kind }) => kind)).toEqual(['preview.start', 'preview.progress', 'preview.end'])
  expect(told.at(-1)).toMatchObject({
    materialId: shareId,
    activeSeconds: 3,
    depth: { reached: 40 },
  })
  expect(told.every((event) => v.is(TrackedEvent, event))).toBe(true)
})
