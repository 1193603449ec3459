import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeMaterial, makeShare, makeVisitor, openedBy } from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { reporting } from '../../testing/reporting.ts'

let app: TestApp
const { progress, send, momentsOf, reading } = reporting(() => app)

beforeAll(async () => {
  app = await makeTestApp()
})
afterAll(() => app.stop())

describe('a batch', () => {
  test('becomes one moment with time and depth', async () => {
    const { contact, visitor, share } = await reading()
    const { visitId } = openedBy(app, visitor, share)
    const start = app.clock.now()
    const events = [
      { ...progress(share, { visitId }), kind: 'view.start', activeSeconds: undefined },
      progress(share, {
        visitId,
        activeSeconds: 12.5,
        depth: { unit: 'percent', reached: 64, total: 100 },
      }),
    ].map((event) => JSON.parse(JSON.stringify(event)) as unknown)
    expect(await send(visitor.as, events)).toEqual({ accepted: 2, refused: [] })
    const [moment, ...others] = await momentsOf(contact)
    expect(others).toEqual([])
    expect(moment).toMatchObject({
      id: visitId,
      kind: 'material.view',
      confirmed: true,
      material: { title: '节能改造案例', kind: 'article' },
      share: { id: share, contactName: '林悦', forwards: 0 },
      view: {
        activeSeconds: 12.5,
        depth: { unit: 'percent', reached: 64, total: 100 },
        ongoing: true,
      },
    })
    expect(Date.parse(moment?.occurredAt ?? '')).toBeGreaterThanOrEqual(start.getTime())
  })

  test('that is repeated, or comes late, changes nothing', async () => {
    const { contact, visitor, share } = await reading()
    const { visitId } = openedBy(app, visitor, share)
    const early = [progress(share, { visitId, activeSeconds: 3 })]
    const late = [
      progress(share, { visitId, activeSeconds: 40 }),
      { ...progress(share, { visitId, activeSeconds: 41 }), kind: 'view.end' },
    ]
    await send(visitor.as, late)
    const before = await momentsOf(contact)
    expect(await send(visitor.as, late)).toEqual({ accepted: 2, refused: [] })
    await send(visitor.as, early)
    const [after] = await momentsOf(contact)
    expect(after).toMatchObject({ view: { activeSeconds: 41, ongoing: false } })
    await send(visitor.as, early)
    await send(visitor.as, late)
    expect(await momentsOf(contact)).toEqual([{ ...after, view: before[0]?.view }])
  })

  test('of 101 events is refused as a whole', async () => {
    const { visitor, share } = await reading()
    const events = Array.from({ length: 101 }, () => progress(share))
    await expect(send(visitor.as, events)).rejects.toMatchObject({
      code: 'invalid_request',
      status: 400,
    })
    expect(await send(visitor.as, events.slice(1))).toMatchObject({ accepted: 100 })
  })

  test('keeps what is right and says of the rest which, and why', async () => {
    const { contact, visitor, share } = await reading()
    const strange = { ...progress(share), visitId: 'the second' }
    const negative = progress(share, { activeSeconds: -1 })
    const good = progress(share)
    const reply = await send(visitor.as, [
      strange,
      'no event',
      good,
      negative,
      { id: 'x'.repeat(500) },
    ])
    expect(reply.accepted).toBe(1)
    expect(reply.refused).toMatchObject([
      { index: 0, id: strange.id, field: 'visitId' },
      { index: 1, id: null },
      { index: 3, id: negative.id, field: 'activeSeconds' },
      { index: 4 },
    ])
    expect(await momentsOf(contact)).toHaveLength(1)
  })

  test('keeps an event whose optional details are odd or of another version, without them', async () => {
    const { contact, visitor, share } = await reading()
    const depth = { unit: 'percent', reached: 140, total: 100 } as const
    const lines = { ...progress(share), depth: { unit: 'line', reached: 1, total: 2 } }
    const later = { ...progress(share), colour: 'red', orientation: null }
    const far = { ...progress(share), depth }
    const none = { ...progress(share), depth: null }
    const good = progress(share, { depth: { ...depth, reached: 40 } })
    expect(await send(visitor.as, [lines, later, far, none, good])).toEqual({
      accepted: 5,
      refused: [],
    })
    const depths = (await momentsOf(contact)).map(({ view }) => view?.depth ?? null)
    expect(depths.filter((one) => one !== null)).toEqual([{ ...depth, reached: 40 }])
    expect(depths).toHaveLength(5)
  })

  test('with a field that the envelope does not know, or that is no JSON, is refused', async () => {
    const { visitor, share } = await reading()
    const send = (body: string) =>
      app.fetch(
        '/api/track',
        { method: 'POST', body, headers: { 'content-type': 'application/json' } },
        visitor.as,
      )
    const envelope = { sentAt: app.clock.now().toISOString(), events: [progress(share)] }
    expect((await send(JSON.stringify({ ...envelope, extra: 1 }))).status).toBe(400)
    const malformed = await send('{"sentAt": ')
    expect(await malformed.json()).toMatchObject({ code: 'malformed_json', status: 400 })
  })
})

test('a body of 20 MB is refused before it is read', async () => {
  const { visitor } = await reading()
  const body = JSON.stringify({
    sentAt: app.clock.now().toISOString(),
    events: ['x'.repeat(20_000_000)],
  })
  const response = await app.fetch(
    '/api/track',
    { method: 'POST', body, headers: { 'content-type': 'application/json' } },
    visitor.as,
  )
  expect(await response.json()).toMatchObject({ code: 'body_too_large', status: 413 })
})

describe('time', () => {
  test('is corrected by what the phone’s clock is wrong', async () => {
    const { contact, visitor, share } = await reading()
    const wrongBy = -9 * 3_600_000
    const now = app.clock.now().getTime()
    const occurredAt = new Date(now + wrongBy - 60_000).toISOString()
    await send(visitor.as, [progress(share, { occurredAt })], new Date(now + wrongBy).toISOString())
    const [moment] = await momentsOf(contact)
    expect(Math.abs(Date.parse(moment?.occurredAt ?? '') - (now - 60_000))).toBeLessThan(5_000)
  })

  test('a little in the future counts as now, a day ahead is refused', async () => {
    const { contact, visitor, share } = await reading()
    const ahead = (ms: number) => new Date(app.clock.now().getTime() + ms).toISOString()
    const soon = progress(share, { occurredAt: ahead(3_600_000) })
    const far = progress(share, { occurredAt: ahead(25 * 3_600_000) })
    const ancient = progress(share, { occurredAt: '0000-01-01T00:00:00.000Z' })
    const reply = await send(visitor.as, [soon, far, ancient])
    expect(reply).toMatchObject({
      accepted: 1,
      refused: [
        { index: 1, id: far.id, field: 'occurredAt' },
        { index: 2, id: ancient.id, field: 'occurredAt' },
      ],
    })
    const [moment] = await momentsOf(contact)
    expect(Date.parse(moment?.occurredAt ?? '')).toBeLessThanOrEqual(app.clock.now().getTime())
  })
})

describe('a phone whose clock is a day wrong', () => {
  test.each([
    ['behind', -24],
    ['ahead', 24],
  ])('%s: its events fall into the same moments as if it were right', async (_where, hours) => {
    const { contact, visitor, share } = await reading()
    const { visitId } = openedBy(app, visitor, share)
    const wrong = (secondsAgo: number) =>
      new Date(app.clock.now().getTime() + hours * 3_600_000 - secondsAgo * 1000).toISOString()
    const event = (secondsAgo: number, activeSeconds: number) =>
      progress(share, { visitId, activeSeconds, occurredAt: wrong(secondsAgo) })
    expect(await send(visitor.as, [event(30, 30), event(60, 0)], wrong(0))).toEqual({
      accepted: 2,
      refused: [],
    })
    const [moment] = await momentsOf(contact)
    expect(
      Math.abs(Date.parse(moment?.occurredAt ?? '') - (app.clock.now().getTime() - 60_000)),
    ).toBeLessThan(2_000)
    expect(moment?.view?.activeSeconds).toBe(30)
  })
})

test('a batch that is sent again a week later changes nothing', async () => {
  const { contact, visitor, share } = await reading()
  const events = [progress(share, { activeSeconds: 20 }), progress(share, { activeSeconds: 40 })]
  const sentAt = app.clock.now().toISOString()
  await send(visitor.as, events, sentAt)
  const before = await momentsOf(contact)
  app.clock.advance(7 * 24 * 3_600_000)
  expect(await send(app.visitor(visitor.identityId), events, sentAt)).toEqual({
    accepted: 2,
    refused: [],
  })
  const after = await app.db.$client.query(
    'select id, revision from moments where identity_id = $1',
    [visitor.identityId],
  )
  expect(after.rows.map(({ id, revision }) => [id, Number(revision)]).sort()).toEqual(
    before.map(({ id, revision }) => [id, revision]).sort(),
  )
})

describe('what is reported and shown nowhere', () => {
  test('a member’s look at a material before pushing it is kept as the member’s', async () => {
    const materialId = await makeMaterial(app)
    const event = {
      id: app.ctx.random.id(),
      kind: 'preview.start',
      occurredAt: app.clock.now().toISOString(),
      visitId: app.ctx.random.id(),
      materialId,
    }
    const member = { ...app.member('ZhouXiaolan'), Origin: app.url }
    expect(await send(member, [event])).toEqual({ accepted: 1, refused: [] })
    const { rows } = await app.db.$client.query(
      'select member_userid, identity_id, moment_id, properties from events where id = $1',
      [event.id],
    )
    expect(rows).toEqual([
      {
        member_userid: 'ZhouXiaolan',
        identity_id: null,
        moment_id: null,
        properties: { materialId },
      },
    ])
    const { visitor } = await reading()
    expect(await send(visitor.as, [{ ...event, id: app.ctx.random.id() }])).toMatchObject({
      accepted: 0,
      refused: [{ field: 'kind' }],
    })
  })

  test('which visit led to a work order', async () => {
    const { contact, visitor, share } = await reading()
    const workorderId = app.ctx.random.id()
    const event = {
      id: app.ctx.random.id(),
      kind: 'workorder.submit',
      occurredAt: app.clock.now().toISOString(),
      visitId: app.ctx.random.id(),
      shareId: share,
      workorderId,
    }
    expect(await send(visitor.as, [event])).toEqual({ accepted: 1, refused: [] })
    expect(await momentsOf(contact)).toEqual([])
  })

  test('an event of a version that nobody knows is refused', async () => {
    const { visitor, share } = await reading()
    const body = JSON.stringify({
      version: 2,
      sentAt: app.clock.now().toISOString(),
      events: [progress(share)],
    })
    const answer = await app.fetch(
      '/api/track',
      { method: 'POST', body, headers: { 'content-type': 'application/json' } },
      visitor.as,
    )
    expect(await answer.json()).toMatchObject({
      code: 'invalid_request',
      errors: [{ field: 'version' }],
    })
  })
})

describe('a visitor can only report as itself', () => {
  test('and under a share of its own corp that exists', async () => {
    const { visitor, share } = await reading()
    const foreign = progress(await makeShare(app, { corpId: 'wwother00000' }))
    const unknown = progress(app.ctx.random.id())
    const reply = await send(visitor.as, [foreign, unknown, progress(share)])
    expect(reply).toMatchObject({
      accepted: 1,
      refused: [
        { index: 0, field: 'shareId' },
        { index: 1, field: 'shareId' },
      ],
    })
  })

  test('not on somebody else’s visit', async () => {
    const { contact, visitor, share } = await reading()
    const other = await makeVisitor(app)
    const mine = progress(share, { activeSeconds: 4 })
    await send(visitor.as, [mine])
    const theirs = progress(share, { visitId: mine.visitId, activeSeconds: 700 })
    expect(await send(other.as, [theirs])).toMatchObject({
      accepted: 0,
      refused: [{ index: 0, id: theirs.id, field: 'visitId' }],
    })
    expect(await momentsOf(contact)).toMatchObject([{ view: { activeSeconds: 4 } }])
  })

  test('not without a session, nor with a forged one', async () => {
    const { visitor, share } = await reading()
    await expect(send({}, [progress(share)])).rejects.toMatchObject({ code: 'unauthenticated' })
    const forged = { Authorization: `${visitor.as['Authorization'] ?? ''}x` }
    await expect(send(forged, [progress(share)])).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  test('and a member’s own look is accepted, but no customer’s moment', async () => {
    const { contact, share } = await reading()
    const member = { ...app.member('ZhouXiaolan'), Origin: app.url }
    expect(await send(member, [progress(share)])).toEqual({ accepted: 1, refused: [] })
    expect(await momentsOf(contact)).toEqual([])
  })
})

describe('what else a customer does', () => {
  test('a forward is a moment of its own, however often it is reported', async () => {
    const { contact, visitor, share } = await reading()
    const { forwardId: childShareId } = openedBy(app, visitor, share)
    const forward = () => ({ ...base(share), kind: 'share', childShareId })
    await send(visitor.as, [forward()])
    await send(visitor.as, [forward()])
    expect(await momentsOf(contact)).toMatchObject([
      { id: childShareId, kind: 'material.share', share: { id: share } },
    ])
  })

  test('a filled-in form is a moment with the form’s name', async () => {
    const { contact, visitor, share } = await reading()
    await send(visitor.as, [{ ...base(share), kind: 'form.submit', form: '试用申请', fields: 4 }])
    expect(await momentsOf(contact)).toMatchObject([
      { kind: 'form.submit', item: '试用申请', view: null },
    ])
  })

  test('a menu click keeps its words, in any script', async () => {
    const { contact, visitor, share } = await reading()
    const item = '预约上门 🛠️ שלום'
    await send(visitor.as, [{ ...base(share), kind: 'menu.click', item }])
    expect(await momentsOf(contact)).toMatchObject([{ kind: 'menu.click', item, view: null }])
  })

  test('a label is kept as far as it can be stored; none at all is refused, its neighbours are kept', async () => {
    const { contact, visitor, share } = await reading()
    const reply = await send(visitor.as, [
      { ...base(share), kind: 'menu.click', item: `a\u0000b${'长'.repeat(61)}😀` },
      { ...base(share), kind: 'menu.click', item: '\ud83d' },
      progress(share),
    ])
    expect(reply).toMatchObject({
      accepted: 2,
      refused: [{ index: 1, field: 'item' }],
    })
    expect((await momentsOf(contact)).map(({ item }) => item)).toContain(`ab${'长'.repeat(61)}`)
  })

  function base(shareId: string) {
    return {
      id: app.ctx.random.id(),
      occurredAt: app.clock.now().toISOString(),
      visitId: app.ctx.random.id(),
      shareId,
    }
  }
})
