import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Depth, TrackedEvent } from '../../../shared/contract/track.ts'
import type { StoredBody } from '../../materials/store.ts'
import { openedBy, type TestVisitor } from '../../testing/factories.ts'
import { makeTestApp, type As, type TestApp } from '../../testing/test-app.ts'
import { slackSeconds } from './fold.ts'
import { type Overrides, reporting } from '../../testing/reporting.ts'

let app: TestApp
const { progress, send, momentsOf, reading } = reporting(() => app)

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

describe('what a visitor reports is bounded by what the server itself has seen', () => {
  const dayMs = 24 * 3_600_000

  /** What a reader who opened the share `openedAgo` seconds ago gets for a day of reading. */
  async function claimed(
    part: (now: number) => Overrides,
    issued: ((visitor: TestVisitor, share: string) => string) | null,
  ): Promise<number | undefined> {
    const { contact, visitor, share } = await reading()
    const visitId = issued ? issued(visitor, share) : app.ctx.random.id()
    const now = app.clock.now().getTime()
    const event = { visitId, activeSeconds: 86_400, ...part(now) }
    const start = { ...progress(share, event), kind: 'view.start', activeSeconds: undefined }
    const end = { ...progress(share, event), kind: 'view.end' }
    const reply = await send(
      visitor.as,
      [start, end].map((one) => JSON.parse(JSON.stringify(one)) as unknown),
    )
    expect(reply).toEqual({ accepted: 2, refused: [] })
    return (await momentsOf(contact))[0]?.view?.activeSeconds
  }

  const opened = (secondsAgo: number) => (visitor: TestVisitor, share: string) =>
    openedBy(app, visitor, share, { secondsAgo }).visitId

  test('a day of reading that is reported a moment after the opening counts for a moment', async () => {
    expect(await claimed(() => ({}), opened(1))).toBeLessThan(slackSeconds + 5)
    expect(await claimed(() => ({}), null)).toBeLessThanOrEqual(slackSeconds)
  })

  test('so it does when the client sets the beginning back by a day, in its times or in an id of its own', async () => {
    const yesterday = (now: number) => new Date(now - dayMs).toISOString()
    const early = (now: number) => {
      const hex = (now - dayMs).toString(16).padStart(12, '0')
      return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${app.ctx.random.id().slice(24)}`
    }
    expect(await claimed((now) => ({ occurredAt: yesterday(now) }), opened(1))).toBeLessThanOrEqual(
      slackSeconds,
    )
    expect(await claimed((now) => ({ visitId: early(now) }), null)).toBeLessThanOrEqual(
      slackSeconds,
    )
  })

  test('the time since the opening counts, to the second', async () => {
    expect(await claimed(() => ({ activeSeconds: 604 }), opened(600))).toBe(604)
    const most = (await claimed(() => ({ activeSeconds: 620 }), opened(600))) ?? 0
    expect(most).toBeGreaterThanOrEqual(600 + slackSeconds)
    // The test itself takes a moment.
    expect(most).toBeLessThan(600 + slackSeconds + 5)
  })

  test('an hour of reading without a network counts when it is reported a day later', async () => {
    const { contact, visitor, share } = await reading()
    const { visitId } = openedBy(app, visitor, share, { secondsAgo: 86_400 })
    const read = (secondsAgo: number, activeSeconds: number) =>
      progress(share, {
        visitId,
        activeSeconds,
        occurredAt: new Date(app.clock.now().getTime() - secondsAgo * 1000).toISOString(),
      })
    await send(visitor.as, [read(86_400 - 3_600, 3_550), read(86_400 - 60, 58)])
    expect((await momentsOf(contact))[0]?.view?.activeSeconds).toBe(3_550)
  })

  test('a client from before ids were issued counts from the arrival of its first report', async () => {
    const { contact, visitor, share } = await reading()
    const visitId = app.ctx.random.id()
    await send(visitor.as, [progress(share, { visitId, activeSeconds: 0 })])
    app.clock.advance(120_000)
    await send(visitor.as, [progress(share, { visitId, activeSeconds: 100 })])
    expect((await momentsOf(contact))[0]?.view?.activeSeconds).toBe(100)
    await send(visitor.as, [progress(share, { visitId, activeSeconds: 86_400 })])
    const most = (await momentsOf(contact))[0]?.view?.activeSeconds ?? 0
    expect(most).toBeGreaterThanOrEqual(120)
    expect(most).toBeLessThan(120 + slackSeconds + 5)
  })

  test('an issued id is good for its reader and its share only', async () => {
    const { visitor, share } = await reading()
    const second = await reading()
    const { visitId, forwardId } = openedBy(app, visitor, share)
    const forms: [As, TrackedEvent][] = [
      [second.visitor.as, progress(share, { visitId })],
      [visitor.as, progress(second.share, { visitId })],
      [visitor.as, progress(share, { visitId: forwardId })],
    ]
    for (const [as, event] of forms)
      expect(await send(as, [event])).toMatchObject({
        accepted: 0,
        refused: [{ id: event.id, field: 'visitId' }],
      })
    expect(await send(visitor.as, [progress(share, { visitId })])).toMatchObject({ accepted: 1 })
  })

  test('a forward under an invented id, another’s id or the id of another share makes no moment', async () => {
    const { contact, visitor, share } = await reading()
    const second = await reading()
    const mine = openedBy(app, visitor, share)
    const invented = [
      app.ctx.random.id(),
      openedBy(app, second.visitor, share).forwardId,
      openedBy(app, visitor, second.share).forwardId,
      mine.visitId,
    ]
    const forward = (childShareId: string) => ({
      id: app.ctx.random.id(),
      occurredAt: app.clock.now().toISOString(),
      visitId: mine.visitId,
      shareId: share,
      kind: 'share',
      childShareId,
    })
    const reply = await send(visitor.as, [...invented, mine.forwardId].map(forward))
    expect(reply.accepted).toBe(1)
    expect(reply.refused.map(({ index, field }) => [index, field])).toEqual(
      invented.map((_, index) => [index, 'childShareId']),
    )
    expect((await momentsOf(contact)).map(({ id }) => id)).toEqual([mine.forwardId])
  })
})

describe('a depth stays within its material', () => {
  /** What the moment of one report says. */
  async function depthOf(body: StoredBody, ...reports: Depth[]) {
    const { contact, visitor, share } = await reading(body)
    const visitId = app.ctx.random.id()
    const events = reports.map((depth) => progress(share, { visitId, depth }))
    expect(await send(visitor.as, events)).toEqual({ accepted: events.length, refused: [] })
    return (await momentsOf(contact))[0]?.view?.depth
  }

  const none = '00000000-0000-0000-0000-000000000000'
  const file = (pages: number): StoredBody => ({
    kind: 'file',
    fileId: none,
    pageFileIds: Array.from({ length: pages }, () => none),
  })
  const film = (seconds: number): StoredBody => ({
    kind: 'video',
    fileId: none,
    posterFileId: null,
    seconds,
  })
  const article: StoredBody = { kind: 'article', html: '<p>…</p>' }

  test('a file has as many pages as it has, each file its own', async () => {
    const report: Depth = { unit: 'page', reached: 9, total: 9 }
    expect(await depthOf(file(12), report)).toEqual({ unit: 'page', reached: 9, total: 12 })
    expect(await depthOf(file(3), report)).toEqual({ unit: 'page', reached: 3, total: 3 })
    expect(await depthOf(file(9), report)).toEqual(report)
  })

  test('a film is as long as it is, give or take what players find', async () => {
    const most: Depth = { unit: 'second', reached: 97.5, total: 98 }
    expect(await depthOf(film(96), most)).toEqual(most)
    const longer: Depth = { unit: 'second', reached: 97.5, total: 98.1 }
    expect(await depthOf(film(96), longer)).toEqual({ unit: 'second', reached: 96, total: 96 })
    const shorter: Depth = { unit: 'second', reached: 1, total: 1 }
    expect(await depthOf(film(96), shorter)).toEqual({ unit: 'second', reached: 1, total: 96 })
  })

  test('another unit is dropped, whatever the reader reports beside it', async () => {
    const second: Depth = { unit: 'second', reached: 60, total: 60 }
    const percent: Depth = { unit: 'percent', reached: 40, total: 100 }
    const page: Depth = { unit: 'page', reached: 2, total: 4 }
    expect(await depthOf(article, second, percent, page)).toEqual(percent)
    expect(await depthOf(file(4), second, percent, page)).toEqual(page)
    for (const body of [
      { kind: 'link', url: 'https://example.com' },
      { kind: 'image', fileId: none },
    ] satisfies StoredBody[])
      expect(await depthOf(body, second, percent, page)).toBeNull()
  })
})
