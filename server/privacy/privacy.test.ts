import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  chooseTracking,
  exportPersonalData,
  getPrivacy,
  PersonalData,
  privacyTextVersion,
} from '../../shared/contract/privacy.ts'
import { trackingIsOff } from '../../shared/contract/track.ts'
import { makeContact, makeShare, makeVisitor } from '../testing/factories.ts'
import { domains } from '../domain.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'
import { clickMenu, makeWholePerson, readShare } from '../testing/persons/whole-person.ts'
import { consents } from './tables.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp({ env: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => app.stop())

function choose(as: As, agreed: boolean, textVersion = privacyTextVersion) {
  return app.call(chooseTracking, { body: { agreed, textVersion, locale: 'zh-CN' } }, as)
}
function choice(as: As) {
  return app.call(getPrivacy, {}, as)
}
describe('a visitor', () => {
  test('who never chose is tracked, and has agreed to nothing', async () => {
    const visitor = await makeVisitor(app)
    expect(await choice(visitor.as)).toEqual({
      textVersion: privacyTextVersion,
      tracking: true,
      decidedAt: null,
      agreedTo: null,
      notice: { controller: 'Chatside', contact: null, reportDays: 400, pushDays: 30 },
    })
  })

  test('is told who answers for the data, how to reach them, and how long it is kept, as the operator set it', async () => {
    const other = await makeTestApp({
      env: {
        PRIVACY_CONTROLLER: '远山泵业有限公司',
        PRIVACY_CONTACT: ' privacy@example.com ',
        EVENT_RETENTION_DAYS: '0',
        CALLBACK_RETENTION_DAYS: '7',
      },
    })
    try {
      const visitor = await makeVisitor(other)
      expect((await other.call(getPrivacy, {}, visitor.as)).notice).toEqual({
        controller: '远山泵业有限公司',
        contact: 'privacy@example.com',
        reportDays: null,
        pushDays: 7,
      })
    } finally {
      await other.stop()
    }
  })

  test('who opts out is not tracked, and opts in again under the text that they saw', async () => {
    const visitor = await makeVisitor(app)
    const share = await makeShare(app)
    expect(await choose(visitor.as, false)).toMatchObject({ tracking: false, agreedTo: null })
    expect(await choice(visitor.as)).toMatchObject({
      tracking: false,
      decidedAt: expect.any(String) as string,
    })
    expect(await clickMenu(app, visitor.as, share)).toMatchObject({
      accepted: 0,
      refused: [{ reason: trackingIsOff }],
    })
    expect(await choose(visitor.as, true, '2025-01')).toMatchObject({
      tracking: true,
      agreedTo: '2025-01',
    })
    expect(await clickMenu(app, visitor.as, share)).toMatchObject({ accepted: 1 })
  })

  test('speaks for all devices of the same person', async () => {
    const unionid = 'oUnionTwoDevices01'
    await makeContact(app, { unionid })
    const phone = await makeVisitor(app, { unionid })
    const web = await makeVisitor(app, { unionid, openid: 'oTheOtherDevice' })
    const share = await makeShare(app)
    await choose(phone.as, false)
    expect(await choice(web.as)).toMatchObject({ tracking: false })
    expect(await clickMenu(app, web.as, share)).toMatchObject({
      refused: [{ reason: trackingIsOff }],
    })
    await choose(web.as, true)
    expect(await choice(phone.as)).toMatchObject({ tracking: true })
  })

  test('who says the same again changes nothing but the record of it', async () => {
    const visitor = await makeVisitor(app)
    await choose(visitor.as, false)
    await choose(visitor.as, false)
    expect(await choice(visitor.as)).toMatchObject({ tracking: false })
    expect(
      (await app.db.select().from(consents)).filter(
        ({ identityId }) => identityId === visitor.identityId,
      ),
    ).toHaveLength(2)
  })

  test('is remembered with the network the choice came from, never with the whole address', async () => {
    const visitor = await makeVisitor(app)
    for (const address of ['203.0.113.77', '2001:db8:85a3:8d3::7348'])
      await app.fetch(
        '/api/privacy/tracking',
        {
          method: 'PUT',
          headers: { 'X-Forwarded-For': address, 'Content-Type': 'application/json' },
          body: JSON.stringify({ agreed: true, textVersion: privacyTextVersion, locale: 'en' }),
        },
        visitor.as,
      )
    const kept = (await app.db.select().from(consents)).filter(
      ({ identityId }) => identityId === visitor.identityId,
    )
    expect(kept.map(({ network, locale }) => ({ network, locale }))).toEqual([
      { network: '203.0.113.0/24', locale: 'en' },
      { network: '2001:db8:85a3::/48', locale: 'en' },
    ])
  })
})

describe('an export', () => {
  test('holds everything that is kept about the person, in plain, and nothing of anybody else', async () => {
    const person = await makeWholePerson(app)
    const stranger = await makeWholePerson(app)
    const data = await app.call(exportPersonalData, {}, person.visitor.as)
    const text = JSON.stringify(data)
    expect(person.traces.filter((trace) => !text.includes(trace))).toEqual([])
    expect(stranger.traces.filter((trace) => text.includes(trace))).toEqual([])
    expect(data.identities.map(({ kind }) => kind).sort()).toEqual([
      'external_userid',
      'openid',
      'phone',
      'unionid',
    ])
    expect(data.events).toHaveLength(4)
    expect(data.moments.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['material.view', 'workorder.submit', 'workorder.cancel']),
    )
    expect(data.shares.map(({ id }) => id).sort()).toEqual([person.share, person.child].sort())
    expect(data.consents).toMatchObject([{ agreed: true, network: expect.any(String) as string }])
    expect(data.workorders).toMatchObject([
      { number: person.order.number, history: [{ status: 'submitted' }, { status: 'cancelled' }] },
    ])
    const [address] = (data.workorders[0]?.['photos'] ?? []) as string[]
    expect((await fetch(address ?? '')).status).toBe(200)
  })

  /** For each table of the export, the column that identifies its rows in the document. */
  const witnesses: Record<string, string> = {
    contacts: 'external_userid',
    callbacks: 'id',
    consents: 'id',
    events: 'id',
    files: 'id',
    identities: 'id',
    identity_evidence: 'id',
    identity_questions: 'id',
    merges: 'id',
    moments: 'id',
    pending_ids: 'pending_id',
    shares: 'id',
    workorder_statuses: 'note',
    workorders: 'id',
  }

  test('holds rows of every table that a domain calls exported', async () => {
    const exported = app.ctx.memory
      .get(domains)
      .flatMap(({ tables }) => Object.entries(tables ?? {}))
      .flatMap(([table, holding]) => (holding === 'exported and erased' ? table : []))
    expect(exported.sort()).toEqual(Object.keys(witnesses).sort())
    const person = await makeWholePerson(app)
    const text = JSON.stringify(await app.call(exportPersonalData, {}, person.visitor.as))
    for (const [table, column] of Object.entries(witnesses)) {
      const { rows } = await app.db.$client.query<{ value: string }>(
        `select ${column}::text as value from ${table} as one where one::text like any($1::text[])`,
        [person.traces.map((trace) => `%${trace}%`)],
      )
      const own = rows.filter(({ value }) => value !== '' && text.includes(value))
      expect([table, own.length > 0]).toEqual([table, true])
    }
  })

  test('of ten thousand moments arrives whole, page by page and packed', async () => {
    const visitor = await makeVisitor(app)
    const share = await makeShare(app)
    await readShare(app, visitor.as, share)
    await app.db.$client.query(
      `insert into moments (id, corp_id, identity_id, kind, occurred_at, updated_at)
       select gen_random_uuid(), corp_id, identity_id, 'menu.click',
         occurred_at - n / 3 * interval '1 second', updated_at
       from moments, generate_series(1, 9999) as n where identity_id = $1`,
      [visitor.identityId],
    )
    const response = await app.fetch(
      '/api/privacy/export',
      { headers: { 'Accept-Encoding': 'gzip' } },
      visitor.as,
    )
    expect(response.headers.get('content-encoding')).toBe('gzip')
    const data = v.parse(PersonalData, await response.json())
    expect(new Set(data.moments.map(({ id }) => id)).size).toBe(10_000)
    const times = data.moments.map((moment) => Date.parse(String(moment['occurred_at'])))
    expect([...times].sort((one, other) => one - other)).toEqual(times)
  })
})
