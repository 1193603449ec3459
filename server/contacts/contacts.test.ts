import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getContact } from '../../shared/contract/contacts.ts'
import { listShares } from '../../shared/contract/materials.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import { getWorkorder, listWorkorders, submitWorkorder } from '../../shared/contract/workorders.ts'
import { contactSeen, visitorSeen } from '../identity/index.ts'
import { callsTo } from '../testing/sandbox.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { contactName, follows, memberName, memberNames } from './index.ts'

let app: TestApp

beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_000 })
})
afterAll(() => app.stop())
beforeEach(() => app.sandbox?.door('DELETE', 'faults'))

// From the sandbox's scene: two members follow 林悦, and one follows 陈国栋. Nobody has added
// 赵一鸣 yet.
const linyue = 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg'
const chen = 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo'
const contactPath = '/cgi-bin/externalcontact/get'

function show(externalUserId: string, userId = 'ZhouXiaolan') {
  return app.call(getContact, { params: { externalUserId } }, app.member(userId))
}
const asked = (path: string) => callsTo(app, path)
function fault(how: object) {
  return app.sandbox?.door('POST', 'faults', { path: contactPath, times: 1000, ...how })
}

describe('a contact', () => {
  test('is shown as the calling member knows it, with the other members by name', async () => {
    const contact = await show(linyue)
    expect(contact).toMatchObject({
      name: '林悦',
      kind: 'wechat',
      gender: 'female',
      corpName: '苏州恒进精密机械有限公司',
      stale: false,
    })
    expect(contact.follow).toMatchObject({
      remark: '林悦-恒进精密',
      addWay: 1,
      phones: ['13812340017'],
    })
    expect(contact.follow.tags).toContainEqual({
      name: '重点客户',
      group: '客户级别',
      kind: 'corp',
    })
    expect(contact.followers).toEqual([{ userId: 'HanXue', name: '韩雪' }])
    expect((await show(linyue, 'HanXue')).follow.remark).toBe('恒进精密 林工')
  })

  test('shows its identities with what joined them, masked', async () => {
    const { externalUserId, identities, personId } = await show(linyue)
    expect(identities.map(({ kind, joinedBy }) => [kind, joinedBy])).toEqual([
      ['external_userid', 'first_seen'],
      ['unionid', 'unionid'],
    ])
    expect(JSON.stringify(identities)).not.toContain(externalUserId)
    const visitor = {
      corpId: app.corpId,
      appId: 'wx5e1f8c27d90b643a',
      openid: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8',
      unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
    }
    expect((await visitorSeen(app.ctx, visitor)).personId).toBe(personId)
    expect((await show(linyue)).identities).toHaveLength(3)
  })

  test('is asked for once by many panes at the same moment, and again after ten minutes', async () => {
    app.clock.advance(11 * 60_000)
    const before = await asked(contactPath)
    await Promise.all(Array.from({ length: 10 }, () => show(linyue)))
    expect(await asked(contactPath)).toBe(before + 1)
    app.clock.advance(11 * 60_000)
    await show(linyue)
    expect(await asked(contactPath)).toBe(before + 2)
  })

  test.each([
    ['answers 500', { status: 500 }],
    ['answers HTML', { html: true }],
    ['hangs', { hang: true }],
    ['has used up its quota', { errcode: 45009 }],
    ['is busy', { errcode: -1 }],
  ])('is shown as last known when WeCom %s', async (_, how) => {
    const known = await show(linyue)
    app.clock.advance(11 * 60_000)
    await fault(how)
    expect(await show(linyue)).toMatchObject({
      name: '林悦',
      fetchedAt: known.fetchedAt,
      stale: true,
    })
    const before = await asked(contactPath)
    expect(
      await follows(app.ctx, { corpId: app.corpId, userId: 'ZhouXiaolan', externalUserId: linyue }),
    ).toBe(true)
    // WeCom is not asked for a while, and the rep does not wait twice
    expect(await asked(contactPath)).toBe(before)
  })

  test.each([
    ['control', 'control_characters'],
    ['nulls', 'list'],
    ['texts', null],
  ])('is read although WeCom’s reply is odd (%s), and the metrics count it', async (odd, what) => {
    app.clock.advance(11 * 60_000)
    const known = await show(linyue)
    const others = await show(linyue, 'HanXue')
    app.clock.advance(11 * 60_000)
    await fault({ odd })
    // A second member reads the same odd reply.
    const { fetchedAt, ...read } = await show(linyue)
    expect(fetchedAt).not.toBe(known.fetchedAt)
    expect({ ...read, fetchedAt: known.fetchedAt }).toEqual(known)
    expect((await show(linyue, 'HanXue')).follow).toEqual(others.follow)
    if (what === null) return
    expect(await app.ctx.metrics.registry.metrics()).toContain(
      `platform_replies_odd_total{platform="wecom",path="${contactPath}",what="${what}"}`,
    )
  })

  test('that was never seen ends in the platform’s own words while WeCom is out of reach', async () => {
    await fault({ errcode: 45009 })
    await expect(show('wmLcT3AAAAc6Pk1yLs5Nd9eXiVb2HtQa')).rejects.toMatchObject({
      code: 'platform_quota',
      platform: { errcode: 45009 },
    })
  })

  test('of whom nothing is known yet says so on every page that must ask WeCom who may read', async () => {
    const externalUserId = 'wmNeverFetched0000000000000000000'
    const { personId, identityId } = await contactSeen(app.ctx, {
      corpId: app.corpId,
      externalUserId,
    })
    const as = app.member('ZhouXiaolan')
    const draft = {
      type: 'repair',
      description: '停机',
      contactName: '林',
      contactPhone: '13812340017',
    } as const
    const order = await app.call(
      submitWorkorder,
      {
        body: { ...draft, location: { source: 'typed', address: '苏州' } },
        idempotencyKey: app.ctx.random.token(12),
      },
      app.visitor(identityId),
    )
    await fault({ errcode: 45009 })
    const quota = { code: 'platform_quota', platform: { errcode: 45009 } }
    await expect(
      app.call(listMoments, { params: { id: personId }, query: {} }, as),
    ).rejects.toMatchObject(quota)
    await expect(
      app.call(listWorkorders, { query: { person: personId } }, as),
    ).rejects.toMatchObject(quota)
    await expect(app.call(getWorkorder, { params: { id: order.id } }, as)).rejects.toMatchObject(
      quota,
    )
    await expect(app.call(listShares, { query: { externalUserId } }, as)).rejects.toMatchObject(
      quota,
    )
    expect(
      await (await app.fetch(`/api/persons/${personId}/moments/live`, {}, as)).json(),
    ).toMatchObject(quota)
  })

  test('that WeCom does not know is unknown, an id that cannot be one is refused', async () => {
    await expect(show('wmNobody00000000000000000000000')).rejects.toMatchObject({
      code: 'contact_unknown',
    })
    await expect(show('wm nobody')).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('of a colleague is not shown, and appears once the customer has added the member', async () => {
    await expect(show(chen, 'HanXue')).rejects.toMatchObject({ code: 'contact_not_followed' })
    const before = await asked(contactPath)
    await expect(show(chen, 'HanXue')).rejects.toMatchObject({ code: 'contact_not_followed' })
    // a stranger who tries again does not use up the quota
    expect(await asked(contactPath)).toBe(before)
    await app.sandbox?.door('POST', 'follows', {
      memberId: 'HanXue',
      customerId: 'chenguodong',
      addWay: 3,
    })
    app.clock.advance(30_000)
    expect((await show(chen, 'HanXue')).follow.addWay).toBe(3)
  })

  test('is followed or not for the other domains too; what WeCom does not know is followed by nobody', async () => {
    const of = { corpId: app.corpId, userId: 'ZhouXiaolan' }
    expect(await follows(app.ctx, { ...of, externalUserId: chen })).toBe(true)
    expect(await follows(app.ctx, { ...of, userId: 'LiWeidong', externalUserId: chen })).toBe(false)
    expect(
      await follows(app.ctx, { ...of, externalUserId: 'wmNobody11111111111111111111111' }),
    ).toBe(false)
    expect(await contactName(app.ctx, { corpId: app.corpId, externalUserId: chen })).toBe('陈国栋')
    expect(
      await contactName(app.ctx, { corpId: app.corpId, externalUserId: 'wmNobody' }),
    ).toBeNull()
  })
})

describe('a member', () => {
  test('is called by the name that WeCom gives, asked once a day', async () => {
    const names = await memberNames(app.ctx, app.corpId, ['ZhouXiaolan', 'HanXue', 'ZhouXiaolan'])
    expect(Object.fromEntries(names)).toEqual({ ZhouXiaolan: '周晓岚', HanXue: '韩雪' })
    const before = await asked('/cgi-bin/user/get')
    await memberName(app.ctx, { corpId: app.corpId, userId: 'ZhouXiaolan' })
    expect(await asked('/cgi-bin/user/get')).toBe(before)
  })

  test('is called by the user id when WeCom does not tell, and WeCom is left alone for a minute', async () => {
    const of = { corpId: app.corpId, userId: 'Nobody' }
    expect(await memberName(app.ctx, of)).toBe('Nobody')
    const before = await asked('/cgi-bin/user/get')
    expect(await memberName(app.ctx, of)).toBe('Nobody')
    expect(await asked('/cgi-bin/user/get')).toBe(before)
  })
})
