import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { track } from '../../../shared/contract/track.ts'
import {
  makeContact,
  makeShare,
  makeVisitor,
  openedBy,
  type TestVisitor,
} from '../../testing/factories.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { rederive } from './rederive.ts'

let app: TestApp
let visitor: TestVisitor
let share: string

beforeAll(async () => {
  app = await makeTestApp()
  visitor = await makeVisitor(app)
  share = await makeShare(app, { to: await makeContact(app) })
})
beforeEach(() => app.db.$client.query('truncate events, moments'))
afterAll(() => app.stop())

function report(event: object) {
  const occurredAt = app.clock.now().toISOString()
  const base = { id: app.ctx.random.id(), occurredAt, visitId: app.ctx.random.id(), shareId: share }
  return app.call(
    track,
    { body: { sentAt: occurredAt, events: [{ ...base, ...event }] } },
    visitor.as,
  )
}

async function everyKind(): Promise<void> {
  const { visitId, forwardId: childShareId } = openedBy(app, visitor, share)
  await report({ kind: 'view.start', visitId })
  await report({
    kind: 'view.progress',
    visitId,
    activeSeconds: 12.5,
    depth: { unit: 'page', reached: 3, total: 8 },
  })
  await report({
    kind: 'view.end',
    visitId,
    activeSeconds: 14,
    depth: { unit: 'page', reached: 2, total: 8 },
  })
  await report({ kind: 'share', visitId, childShareId })
  await report({ kind: 'menu.click', visitId, item: '预约保养' })
  await report({ kind: 'form.submit', visitId, form: '试用申请', fields: 4 })
  await report({ kind: 'workorder.submit', visitId, workorderId: app.ctx.random.id() })
}

async function moments() {
  const columns =
    'id, corp_id, identity_id, target_identity_id, member_userid, kind, occurred_at, updated_at, material_id, share_id, item, active_seconds, depth_unit, depth_reached, depth_total, ended_at, shown_at, seen_at, observed_at'
  return (await app.db.$client.query(`select ${columns} from moments order by id`)).rows
}

const derive = (options: { check?: boolean; momentsAtOnce?: number; wholeSince?: Date } = {}) =>
  rederive({ pool: app.db.$client, wholeSince: null, ...options })

describe('moments derived anew from raw events', () => {
  test('are the moments that were there', async () => {
    await everyKind()
    const before = await moments()
    expect(before.map(({ kind }) => String(kind)).sort()).toEqual([
      'form.submit',
      'material.share',
      'material.view',
      'menu.click',
    ])
    expect(await derive()).toEqual({ looked: 4, changed: 0, made: 0 })
    await app.db.$client.query('truncate moments')
    expect(await derive({ momentsAtOnce: 2 })).toEqual({ looked: 4, changed: 0, made: 4 })
    expect(await moments()).toEqual(before)
  })

  test('mend what somebody has spoilt; a check only tells of it', async () => {
    await everyKind()
    const before = await moments()
    await app.db.$client.query(
      `update moments set active_seconds = 9999, depth_reached = 8 where kind = 'material.view'`,
    )
    expect(await derive({ check: true })).toMatchObject({ changed: 1 })
    expect(await moments()).not.toEqual(before)
    expect(await derive()).toMatchObject({ changed: 1 })
    expect(await moments()).toEqual(before)
  })

  test('only grow where retention may have taken events', async () => {
    await everyKind()
    const before = await moments()
    await app.db.$client.query(`delete from events where kind = 'view.end'`)
    app.clock.advance(60_000)
    expect(await derive({ wholeSince: app.clock.now() })).toMatchObject({ changed: 0 })
    expect(await moments()).toEqual(before)
    expect(await derive()).toMatchObject({ changed: 1 })
  })

  test('miss nothing of the events that arrive meanwhile', async () => {
    const visits = Array.from({ length: 40 }, () => openedBy(app, visitor, share).visitId)
    let seconds = 0
    let done = false
    const traffic = (async () => {
      while (!done) {
        seconds += 1
        await Promise.all(
          visits.map((visitId) =>
            report({ kind: 'view.progress', visitId, activeSeconds: seconds }),
          ),
        )
      }
    })()
    const rounds: unknown[] = []
    while (seconds < 8) rounds.push(await derive({ momentsAtOnce: 7 }))
    done = true
    await traffic
    expect(rounds.length).toBeGreaterThan(0)
    expect((await moments()).map(({ active_seconds: most }) => Number(most))).toEqual(
      visits.map(() => seconds),
    )
    expect(await derive({ check: true })).toMatchObject({ looked: 40, changed: 0, made: 0 })
  })

  test('tell how far they are', async () => {
    await everyKind()
    const told: number[] = []
    await rederive({
      pool: app.db.$client,
      wholeSince: null,
      momentsAtOnce: 1,
      onProgress: ({ looked }) => told.push(looked),
    })
    expect(told).toEqual([1, 2, 3, 4])
  })
})
