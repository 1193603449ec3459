import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getContact } from '../../shared/contract/contacts.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import { listWorkorders } from '../../shared/contract/workorders.ts'
import { wecomOf } from '../connections/index.ts'
import { callsTo } from '../testing/sandbox.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { contactLost, contactMet } from './fetch.ts'
import { follows } from './index.ts'
import { saveContact } from './store.ts'

let app: TestApp
beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 1_000 })
})
afterAll(() => app.stop())
beforeEach(async () => {
  await app.sandbox?.door('DELETE', 'faults')
  // Nothing of the test before is fresh, or quiet.
  app.clock.advance(11 * 60_000)
})

// From the sandbox's scene: ZhouXiaolan and HanXue follow the first, ZhouXiaolan the second.
const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'
const contactPath = '/cgi-bin/externalcontact/get'
const hour = 60 * 60_000

function show(externalUserId: string, userId = 'ZhouXiaolan') {
  return app.call(getContact, { params: { externalUserId } }, app.member(userId))
}
function fault(how: object, path = contactPath) {
  return app.sandbox?.door('POST', 'faults', { path, times: 1000, ...how })
}
const asked = (path = contactPath) => callsTo(app, path)

/** WeCom says no: to the app, to the member, to our address, or in words that we do not know. */
const refusals = [48002, 60011, 84074, 60020, 50002, 84084, 701008, 999999]

describe.each(refusals)('when WeCom answers %i', (errcode) => {
  test('nobody reads the customer by an old copy, and each page says what WeCom said', async () => {
    const { personId } = await show(linyue)
    await show(chen)
    app.clock.advance(11 * 60_000)
    await fault({ errcode })
    const refused = {
      code: 'platform_refused',
      platform: { errcode, fix: expect.stringMatching(/\S/) as string },
    }
    const as = app.member('ZhouXiaolan')
    for (const userId of ['ZhouXiaolan', 'HanXue'])
      await expect(show(linyue, userId)).rejects.toMatchObject(refused)
    await expect(show(chen)).rejects.toMatchObject(refused)
    await expect(
      app.call(listMoments, { params: { id: personId }, query: {} }, as),
    ).rejects.toMatchObject(refused)
    await expect(
      app.call(listWorkorders, { query: { person: personId } }, as),
    ).rejects.toMatchObject(refused)
    const stream = await app.fetch(`/api/persons/${personId}/moments/live`, {}, as)
    expect(await stream.json()).toMatchObject(refused)
  })

  test('the refusal stands while WeCom is out of reach afterwards, and ends with its next answer', async () => {
    await show(linyue)
    app.clock.advance(11 * 60_000)
    await fault({ errcode })
    await expect(show(linyue)).rejects.toMatchObject({ code: 'platform_refused' })
    await app.sandbox?.door('DELETE', 'faults')
    await fault({ status: 500 })
    app.clock.advance(60_000)
    await expect(show(linyue)).rejects.toMatchObject({
      code: 'platform_refused',
      platform: { errcode },
    })
    await app.sandbox?.door('DELETE', 'faults')
    app.clock.advance(60_000)
    expect(await show(linyue)).toMatchObject({ name: '林悦', stale: false })
  })
})

describe('while WeCom is out of reach', () => {
  test('the last answer counts for four hours to the minute, for each member alike', async () => {
    await show(linyue)
    await fault({ status: 500 })
    app.clock.advance(4 * hour - 1_000)
    for (const userId of ['ZhouXiaolan', 'HanXue'])
      expect(await show(linyue, userId)).toMatchObject({ stale: true })
    app.clock.advance(2_000)
    for (const userId of ['ZhouXiaolan', 'HanXue'])
      await expect(show(linyue, userId)).rejects.toMatchObject({ code: 'platform_unreachable' })
  })

  test('an installation says for how many hours; with 0 nothing old counts', async () => {
    const strict = await makeTestApp({ beside: app, env: { STALE_RIGHTS_HOURS: '0' } })
    try {
      await show(linyue)
      app.clock.advance(11 * 60_000)
      await fault({ status: 500 })
      await expect(
        strict.call(getContact, { params: { externalUserId: linyue } }, app.member('HanXue')),
      ).rejects.toMatchObject({ code: 'platform_unreachable' })
      expect(await show(linyue, 'HanXue')).toMatchObject({ stale: true })
    } finally {
      await strict.stop()
    }
  })

  test('a contact that WeCom no longer knew does not come back', async () => {
    await show(chen)
    app.clock.advance(11 * 60_000)
    await fault({ errcode: 84061 })
    await expect(show(chen)).rejects.toMatchObject({ code: 'contact_unknown' })
    await app.sandbox?.door('DELETE', 'faults')
    await fault({ status: 500 })
    app.clock.advance(60_000)
    await expect(show(chen)).rejects.toMatchObject({ code: 'platform_unreachable' })
  })

  test('a copy from a process whose clock is a day ahead is not fresh for a day', async () => {
    await show(linyue)
    await app.db.$client.query(`update contacts set fetched_at = $1 where external_userid = $2`, [
      new Date(app.clock.now().getTime() + 24 * hour),
      linyue,
    ])
    const before = await asked()
    expect(await show(linyue)).toMatchObject({ stale: false })
    expect(await asked()).toBe(before + 1)
    expect(await show(linyue, 'HanXue')).toMatchObject({ stale: false })
    expect(await asked()).toBe(before + 1)
  })
})

describe('a person with two contacts', () => {
  test('is read by the follower of one although WeCom refuses to speak of the other', async () => {
    const { personId } = await show(linyue)
    await show(chen)
    await app.db.$client.query(
      `update identities set person_id = $1 where kind = 'external_userid' and value = $2`,
      [personId, chen],
    )
    app.clock.advance(11 * 60_000)
    // Only the first question is refused.
    await fault({ errcode: 84074, times: 1 })
    const as = app.member('ZhouXiaolan')
    await app.call(listMoments, { params: { id: personId }, query: {} }, as)
  })
})

describe('ids that nobody knows', () => {
  const unknown = (n: number) => `wmInvented${String(n).padStart(4, '0')}0000000000000`

  test('are asked about once in twenty seconds, whoever asks', async () => {
    const before = await asked()
    for (const userId of ['ZhouXiaolan', 'HanXue', 'ZhouXiaolan'])
      await expect(show(unknown(0), userId)).rejects.toMatchObject({ code: 'contact_unknown' })
    expect(await asked()).toBe(before + 1)
    app.clock.advance(21_000)
    await expect(show(unknown(0))).rejects.toMatchObject({ code: 'contact_unknown' })
    expect(await asked()).toBe(before + 2)
  })

  test('cost a member thirty questions in ten minutes; a colleague and known customers are free of that', async () => {
    await show(linyue)
    const before = await asked()
    const tries = await Promise.all(
      Array.from({ length: 50 }, (_, n) => show(unknown(n + 1)).catch((error: unknown) => error)),
    )
    expect(await asked()).toBe(before + 30)
    const codes = tries.map((error) => (error as { code: string }).code)
    expect(codes.filter((code) => code === 'contact_unknown')).toHaveLength(30)
    expect(codes.filter((code) => code === 'too_many_requests')).toHaveLength(20)
    expect(await show(linyue)).toMatchObject({ name: '林悦' })
    await expect(show(unknown(99), 'HanXue')).rejects.toMatchObject({ code: 'contact_unknown' })
    expect(await show(linyue, 'HanXue')).toMatchObject({ name: '林悦' })
    app.clock.advance(10 * 60_000)
    await expect(show(unknown(98))).rejects.toMatchObject({ code: 'contact_unknown' })
  })

  test('a rep who meets forty customers for the first time is not stopped', async () => {
    await app.db.$client.query('delete from contacts')
    for (let i = 0; i < 40; i += 1) {
      await app.db.$client.query('delete from contacts')
      expect(await show(linyue)).toMatchObject({ name: '林悦' })
    }
  })
})

test.each(['member', 'contact'] as const)(
  'an answer that was under way when the %s deleted the other does not bring the relation back',
  async (by) => {
    const of = { corpId: app.corpId, userId: 'ZhouXiaolan', externalUserId: chen }
    await show(chen)
    const askedAt = app.clock.now()
    const answer = await wecomOf(app.ctx, app.corpId).getExternalContact(chen)
    app.clock.advance(1_000)
    await fault({ status: 500 })
    const at = app.clock.now().toISOString()
    await expect(contactLost(app.ctx, of, { by, at })).rejects.toMatchObject({
      code: 'platform_unreachable',
    })
    await saveContact(app.db, app.corpId, answer, askedAt)
    expect(await follows(app.ctx, of)).toBe(false)
    await app.sandbox?.door('DELETE', 'faults')
    await contactMet(app.ctx, of)
    expect(await follows(app.ctx, of)).toBe(true)
  },
)
