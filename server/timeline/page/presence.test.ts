import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forwardShare } from '../../../shared/contract/materials.ts'
import { listMoments, type Moment, silentAfterMs } from '../../../shared/contract/timeline.ts'
import { track, type TrackedEvent } from '../../../shared/contract/track.ts'
import { openEventStream } from '../../testing/event-stream.ts'
import {
  makeContact,
  makeShare,
  makeVisitor,
  openedBy,
  type TestContact,
  type TestVisitor,
} from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'

let app: TestApp
let contact: TestContact
let visitor: TestVisitor
let share: string

beforeAll(async () => {
  app = await makeTestApp()
  const unionid = `oUnionPresence${app.ctx.random.token(8)}`
  contact = await makeContact(app, { unionid })
  visitor = await makeVisitor(app, { unionid })
})
afterAll(() => app.stop())

type Kind = 'view.start' | 'view.progress' | 'view.end'

async function newVisit() {
  const shareId = await makeShare(app, { to: contact })
  share = shareId
  const { visitId } = openedBy(app, visitor, shareId)
  const report = (kind: Kind, { secondsAgo = 0 } = {}) => send(visitor, [event(kind, secondsAgo)])
  const event = (kind: Kind, secondsAgo: number) => ({
    ...base(secondsAgo),
    visitId,
    shareId,
    kind,
    ...(kind === 'view.start' ? {} : { activeSeconds: 1 }),
  })
  const shown = async () => (await timeline()).find(({ id }) => id === visitId)?.view
  return { visitId, report, shown }
}

function base(secondsAgo = 0) {
  const occurredAt = new Date(app.clock.now().getTime() - secondsAgo * 1000).toISOString()
  return { id: app.ctx.random.id(), occurredAt }
}

async function send(as: TestVisitor, events: readonly object[]): Promise<void> {
  const sentAt = app.clock.now().toISOString()
  const reply = await app.call(track, { body: { sentAt, events: [...events] } }, as.as)
  expect(reply.refused).toEqual([])
}

async function timeline(): Promise<Moment[]> {
  const params = { id: contact.personId }
  return (await app.call(listMoments, { params, query: {} }, app.member('ZhouXiaolan'))).items
}

describe('«reading now»', () => {
  test('holds for four seconds after a sign of life, and says how long it still holds', async () => {
    const { report, shown } = await newVisit()
    await report('view.start')
    const view = await shown()
    expect(view?.ongoing).toBe(true)
    expect(view?.presentForMs).toBeGreaterThan(silentAfterMs - 2_000)
    expect(view?.presentForMs).toBeLessThanOrEqual(silentAfterMs)
    app.clock.advance(silentAfterMs)
    expect(await shown()).toMatchObject({ ongoing: false, presentForMs: 0 })
    await report('view.progress')
    expect(await shown()).toMatchObject({ ongoing: true })
  })

  test('ends at once when the reader leaves or hides the page, and begins again when they return', async () => {
    const { report, shown } = await newVisit()
    await report('view.start', { secondsAgo: 3 })
    await report('view.end', { secondsAgo: 2 })
    expect(await shown()).toMatchObject({ ongoing: false, presentForMs: 0 })
    await report('view.progress', { secondsAgo: 1 })
    expect(await shown()).toMatchObject({ ongoing: true })
    // A report from before that comes late, or again, says nothing new.
    await report('view.end', { secondsAgo: 2 })
    expect(await shown()).toMatchObject({ ongoing: true })
  })

  test('ends though the last sign of life came through a slow network and the farewell through a fast one', async () => {
    const { visitId, shown } = await newVisit()
    const now = app.clock.now().getTime()
    const at = (ms: number) => new Date(now + ms).toISOString()
    const said = (kind: Kind, ms: number) => ({
      id: app.ctx.random.id(),
      kind,
      visitId,
      shareId: share,
      occurredAt: at(ms),
      activeSeconds: 1,
    })
    const slow = { sentAt: at(-3_000), events: [said('view.progress', -1_000)] }
    const fast = { sentAt: at(0), events: [said('view.end', -900)] }
    for (const body of [slow, fast]) await app.call(track, { body }, visitor.as)
    expect(await shown()).toMatchObject({ ongoing: false, presentForMs: 0 })
  })

  test('is not said of what was read an hour ago and is reported only now', async () => {
    const { report, shown } = await newVisit()
    await report('view.start', { secondsAgo: 3_600 })
    await report('view.progress', { secondsAgo: 3_590 })
    expect(await shown()).toMatchObject({ ongoing: false, presentForMs: 0 })
  })

  test('of one visit does not end because another one does', async () => {
    const [one, other] = [await newVisit(), await newVisit()]
    await one.report('view.start', { secondsAgo: 1 })
    await other.report('view.start', { secondsAgo: 1 })
    await other.report('view.end')
    expect(await one.shown()).toMatchObject({ ongoing: true })
    expect(await other.shown()).toMatchObject({ ongoing: false })
  })
})

describe('a forward', () => {
  const forwarded = (items: readonly Moment[], id: string) =>
    items.find((moment) => moment.id === id)?.forward

  async function handOn(): Promise<string> {
    const { visitId, forwardId } = openedBy(app, visitor, share)
    const part = { ...base(), visitId, shareId: share }
    const event = { ...part, kind: 'share', childShareId: forwardId } satisfies TrackedEvent
    await send(visitor, [event])
    await app.call(forwardShare, { params: { id: share }, body: { id: forwardId } }, visitor.as)
    return forwardId
  }

  async function read(reader: TestVisitor, shareId: string): Promise<void> {
    const { visitId } = openedBy(app, reader, shareId)
    await send(reader, [{ ...base(), visitId, shareId, kind: 'view.start' }])
  }

  test('is told as opened once somebody else opens it, also to an open timeline, and the other one is not', async () => {
    await newVisit()
    const [first, second] = [await handOn(), await handOn()]
    const page = await timeline()
    expect([first, second].map((id) => forwarded(page, id))).toEqual([
      { openedAt: null },
      { openedAt: null },
    ])
    const { liveFrom } = await app.call(
      listMoments,
      { params: { id: contact.personId }, query: {} },
      app.member('ZhouXiaolan'),
    )
    const stream = await openEventStream(
      app,
      `/api/persons/${contact.personId}/moments/live?from=${encodeURIComponent(liveFrom)}`,
      app.member('ZhouXiaolan'),
    )
    try {
      await read(visitor, first)
      expect(forwarded(await timeline(), first)).toEqual({ openedAt: null })
      await read(await makeVisitor(app), first)
      const told = () =>
        stream.events
          .filter(({ event }) => event === 'moment')
          .map(({ data }) => JSON.parse(data) as Moment)
      await expect.poll(() => forwarded(told().reverse(), first)?.openedAt).toBeTypeOf('string')
      expect(told().some(({ id }) => id === second)).toBe(false)
    } finally {
      stream.close()
    }
    const after = await timeline()
    expect(forwarded(after, first)?.openedAt).toBeTypeOf('string')
    expect(forwarded(after, second)).toEqual({ openedAt: null })
  })
})
