import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { getContact } from '../../../shared/contract/contacts.ts'
import { createMiniprogramSession } from '../../../shared/contract/session.ts'
import { platformPushes } from '../../connections/callbacks/handle.ts'
import { wecomOf } from '../../connections/index.ts'
import { callbacks } from '../../connections/tables.ts'
import { once } from '../../base/db/jobs.ts'
import { callsTo } from '../../testing/sandbox.ts'
import { makeTestApp, type TestApp } from '../../testing/test-app.ts'
import { contactSeen, shownIdentities, personOf, visitorSeen } from '../index.ts'
import {
  askedLately,
  identities,
  identityEvidence,
  identityQuestions,
  merges,
  pendingIds,
} from '../tables.ts'
import { forgetPendingIds } from './recognize.ts'

let base: TestApp
/** The app of the sandbox's people, but made by a service provider (代开发). */
let app: TestApp
/** The sandbox's name for the app. */
let receiver: string

beforeAll(async () => {
  base = await makeTestApp({ sandbox: true })
  await base.sandbox?.door('POST', 'reset', { scene: 'customized-app' })
  const { env } = (await base.sandbox?.door('GET', 'credentials')) as {
    env: Record<string, string>
  }
  app = await makeTestApp({
    sandbox: base.sandbox,
    env: { ...env, WECOM_APP_KIND: 'customized' },
    platformTimeoutMs: 3_000,
  })
  const { items } = (await base.sandbox?.door('GET', 'callbacks')) as {
    items: { receiver: string; token: string }[]
  }
  receiver = items.find(({ token }) => token === env['WECOM_CALLBACK_TOKEN'])?.receiver ?? ''
})
afterAll(async () => {
  await app.stop()
  await base.stop()
})
beforeEach(async () => {
  await door('DELETE', 'faults')
  await door('POST', 'reset', { scene: 'customized-app' })
  for (const table of [
    callbacks,
    identityEvidence,
    identityQuestions,
    merges,
    pendingIds,
    identities,
    askedLately,
  ])
    await app.db.delete(table)
  const { callback } = app.first.app
  await door('POST', 'callbacks', {
    receiver,
    url: `${app.url}/callbacks/wecom/${app.first.app.agentId}`,
    ...callback,
  })
})

const miniprogram = 'wx5e1f8c27d90b643a'
const convertPath = '/cgi-bin/idconvert/unionid_to_external_userid'
const pendingPath = '/cgi-bin/idconvert/batch/external_userid_to_pending_id'
// From the sandbox's scene: a contact of two members, and a person whom nobody has added.
const linyue = { unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1', openid: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8' }
const zhao = { unionid: 'oLcUn6y2RnVk8Cd6BsM5jXg4TwQ0', openid: 'oMp7H5s2XvTb8Kf5NqZ1jYm3RdL7' }

function door(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) {
  return base.sandbox?.door(method, path, body)
}
function visit(who: { openid: string; unionid: string }) {
  return visitorSeen(app.ctx, { corpId: app.corpId, appId: miniprogram, ...who })
}
const asked = (path: string) => callsTo(base, path)
/** Waits for this many pushes and handles them. */
async function handlePushes(count: number): Promise<void> {
  await expect.poll(() => app.db.$count(callbacks)).toBe(count)
  await once(app.ctx, platformPushes)
}
async function contactOf(personId: string): Promise<string | undefined> {
  const rows = await app.db.select().from(identities)
  return rows.find((row) => row.personId === personId && row.kind === 'external_userid')?.value
}

describe('a customized app', () => {
  test('knows a visitor who is a contact by WeCom’s conversion, under an id of its own', async () => {
    const { personId, identityId } = await visit(linyue)
    expect(await contactOf(personId)).toMatch(/^wm/)
    expect(
      (await shownIdentities(app.ctx, personId)).find(({ id }) => id === identityId)?.joinedBy,
    ).toBe('unionid_conversion')
  })

  test('is told no noted numbers, so they can lead to no question', async () => {
    const pair = { memberId: 'ZhouXiaolan', customerId: 'linyue' }
    await door('POST', 'happenings/contact.edit', { ...pair, phones: ['13800000001'] })
    const { personId } = await visit(linyue)
    const externalUserId = (await contactOf(personId)) ?? ''
    const contact = await wecomOf(app.ctx, app.corpId).getExternalContact(externalUserId)
    expect(contact).toMatchObject({ avatarUrl: null, gender: 'unknown' })
    expect(contact.follows.map(({ phones }) => phones)).toEqual(contact.follows.map(() => []))
  })

  test('gets no unionid with a contact', async () => {
    const { personId } = await visit(linyue)
    const externalUserId = (await contactOf(personId)) ?? ''
    expect(
      (await wecomOf(app.ctx, app.corpId).getExternalContact(externalUserId)).unionid,
    ).toBeNull()
  })
})

describe('a visitor who is no contact yet', () => {
  test('§3.3 rule 4: is recognized when they add a rep, and what they did before is theirs', async () => {
    const before = await visit(zhao)
    expect(await contactOf(before.personId)).toBeUndefined()
    await door('POST', 'happenings/contact.add', {
      memberId: 'ZhouXiaolan',
      customerId: 'zhaoyiming',
    })
    await handlePushes(1)
    const personId = await personOf(app.ctx, before.identityId)
    expect(await contactOf(personId)).toMatch(/^wm/)
    expect(
      (await shownIdentities(app.ctx, personId)).find(({ id }) => id === before.identityId)
        ?.joinedBy,
    ).toBe('pending_id')
    expect(await app.db.$count(pendingIds)).toBe(0)
  })

  test('is not asked about again while the pending id is good, and anew after ninety days', async () => {
    await visit(zhao)
    await visit(zhao)
    app.clock.advance(60 * 24 * 60 * 60_000)
    await visit(zhao)
    // Another account gives the same unionid, so it is the same person.
    await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx90c3a7f1be2d5486',
      openid: 'oAnother000000000000',
      unionid: zhao.unionid,
    })
    expect(await asked(convertPath)).toBe(1)
    app.clock.advance(31 * 24 * 60 * 60_000)
    await once(app.ctx, forgetPendingIds)
    expect(await app.db.$count(pendingIds)).toBe(0)
    await visit(zhao)
    expect(await asked(convertPath)).toBe(2)
    expect(await app.db.$count(pendingIds)).toBe(1)
  })

  test('is recognized in a customer group, of which nobody has added them', async () => {
    const before = await visit(zhao)
    await door('POST', 'happenings/group.join', {
      chatId: 'wrLcT3AAAAj8Nq5fKd1Vx7oCyRb3MsUe',
      customerIds: ['zhaoyiming'],
    })
    await handlePushes(1)
    expect(await contactOf(await personOf(app.ctx, before.identityId))).toMatch(/^wm/)
  })

  test('is recognized when the rep opens the sidebar, though the push was lost', async () => {
    const before = await visit(zhao)
    await door('POST', 'delivery-rules', { drop: 10 })
    await door('POST', 'happenings/contact.add', {
      memberId: 'ZhouXiaolan',
      customerId: 'zhaoyiming',
    })
    const converted = await wecomOf(app.ctx, app.corpId).convertUnionid(zhao)
    const externalUserId =
      converted && 'externalUserId' in converted ? converted.externalUserId : ''
    const { follows } = await wecomOf(app.ctx, app.corpId).getExternalContact(externalUserId)
    const shown = await app.call(
      getContact,
      { params: { externalUserId } },
      app.member(follows[0]?.userId ?? ''),
    )
    expect(shown.personId).toBe(await personOf(app.ctx, before.identityId))
  })

  test('costs one question about each contact, however often it is looked at', async () => {
    await visit(zhao)
    const known = { corpId: app.corpId, externalUserId: 'wmSomebodyElse00000000000000000' }
    await contactSeen(app.ctx, known)
    await contactSeen(app.ctx, known)
    expect(await asked(pendingPath)).toBe(1)
  })

  test('a corp where nobody waits asks about no contact', async () => {
    await contactSeen(app.ctx, {
      corpId: app.corpId,
      externalUserId: 'wmSomebodyElse00000000000000000',
    })
    expect(await asked(pendingPath)).toBe(0)
  })

  test('and another with a second unionid, of whom the same pending id speaks: the second is asked about', async () => {
    const before = await visit(zhao)
    const converted = await wecomOf(app.ctx, app.corpId).convertUnionid(zhao)
    const pendingId = converted && 'pendingId' in converted ? converted.pendingId : ''
    const other = await visit({ openid: 'oOther0000000000000000', unionid: 'oOtherUnion000000000' })
    const expiresAt = new Date(app.clock.now().getTime() + 1e9)
    await app.db
      .insert(pendingIds)
      .values({ corpId: app.corpId, pendingId, identityId: other.identityId, expiresAt })
    await door('POST', 'happenings/contact.add', {
      memberId: 'ZhouXiaolan',
      customerId: 'zhaoyiming',
    })
    await handlePushes(1)
    const held = await Promise.all(
      [before, other].map(({ identityId }) => personOf(app.ctx, identityId)),
    )
    expect(new Set(held).size).toBe(2)
    expect(await app.db.select().from(identityQuestions)).toMatchObject([
      { kind: 'pending_id', reason: 'two_unionids', state: 'open' },
    ])
  })
})

describe('a visitor signs in although', () => {
  test.each([
    ['WeCom answers 500', { status: 500 }],
    ['the unionid is of nobody WeCom knows', { errcode: 610014 }],
    ['the quota is used up', { errcode: 45009 }],
  ])('%s', async (_what, how) => {
    await door('POST', 'faults', { path: convertPath, times: 10, ...how })
    const code = (
      (await door('POST', 'codes', { kind: 'miniprogram', customerId: 'zhaoyiming' })) as {
        code: string
      }
    ).code
    const { session } = await app.call(createMiniprogramSession, {
      body: { appId: miniprogram, code },
    })
    expect(session.kind).toBe('visitor')
    expect(await asked(convertPath)).toBeGreaterThan(0)
  })

  test('the mini program is the provider’s, whom WeCom is then asked as', async () => {
    await door('POST', 'faults', { path: convertPath, times: 1, errcode: 610017 })
    const { personId } = await visit(linyue)
    expect(await contactOf(personId)).toBeUndefined()
    expect(await asked(convertPath)).toBe(2)
  })
})
