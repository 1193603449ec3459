import { and, eq, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { transact } from '../base/db/database.ts'
import { callsTo } from '../testing/sandbox.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { contactSeen, shownIdentities, personOf, undoMerge, visitorSeen } from './index.ts'
import { join, settling } from './merge/merge.ts'
import { identityEvidence, identityQuestions, merges, persons } from './tables.ts'

let app: TestApp
let corpId: string

beforeAll(async () => {
  app = await makeTestApp({ sandbox: true, platformTimeoutMs: 3_500 })
  corpId = app.corpId
})
afterAll(() => app.stop())

const miniprogram = 'wx5e1f8c27d90b643a'
const official = 'wx90c3a7f1be2d5486'

// From the sandbox's scene: a contact of two members, a person whom nobody has added, a contact.
const linyue = {
  externalUserId: 'wmLcT3AAAA9xV2kQe7RbYw1mZsNdP6Jg',
  unionid: 'oLcUn6tQ8vXk2Rw5YbN0sHd7JmE1',
  openid: 'oMp7H5bQ1xWk9Rt3YzL0vNs6JcE8',
}
const zhao = { unionid: 'oLcUn6y2RnVk8Cd6BsM5jXg4TwQ0', openid: 'oMp7H5s2XvTb8Kf5NqZ1jYm3RdL7' }
const chen = {
  externalUserId: 'wmLcT3AAAAh4Tz8cUq0Gv6jWfBx3KrMo',
  unionid: 'oLcUn6f1ZrGm7Tc4WpK9bQx2HvD5',
  openid: 'oMp7H5u6NeYj2Sv8XfC4gRp1ZwB9',
}
const he = {
  externalUserId: 'wmLcT3AAAAc6Pk1yLs5Nd9eXiVb2HtQa',
  unionid: 'oLcUn6w4KsHp9Vb2LdR6yTf0NzC3',
  openid: 'oMp7H5d3RcUk6Bw0TmQ9hXs5VyG2',
}

let made = 0
/** Returns ids that nobody in the sandbox has. */
function stranger(): { openid: string; unionid: string; externalUserId: string } {
  made += 1
  return {
    openid: `oStranger${made}0000000000`,
    unionid: `oUnion${made}000000000000`,
    externalUserId: `wmStranger${made}000000000000`,
  }
}

const conversions = () => callsTo(app, '/cgi-bin/externalcontact/unionid_to_external_userid')

async function mergesInto(personId: string) {
  return app.db
    .select()
    .from(merges)
    .where(and(eq(merges.keptPersonId, personId), isNull(merges.undoneAt)))
}

describe('an identity belongs to exactly one person', () => {
  test('a visitor who comes again is the same person', async () => {
    const { openid } = stranger()
    const first = await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid })
    expect(await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid })).toEqual(first)
  })

  test('a visitor who signs in twice at the same instant is one person, and no empty person is left', async () => {
    const { openid, unionid } = stranger()
    const before = await app.db.$count(persons)
    const seen = await Promise.all(
      Array.from({ length: 8 }, () =>
        visitorSeen(app.ctx, { corpId, appId: miniprogram, openid, unionid }),
      ),
    )
    expect(new Set(seen.map(({ identityId }) => identityId)).size).toBe(1)
    expect(await app.db.$count(persons)).toBe(before + 1)
  })

  test('the same openid in another app, or another corp, is somebody else', async () => {
    const { openid } = stranger()
    const here = await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid })
    expect((await visitorSeen(app.ctx, { corpId, appId: official, openid })).personId).not.toBe(
      here.personId,
    )
    expect(
      (await visitorSeen(app.ctx, { corpId: 'wwother00000', appId: miniprogram, openid })).personId,
    ).not.toBe(here.personId)
  })

  test('a label tells two apart and cannot be used', async () => {
    const { openid } = stranger()
    const { personId } = await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid })
    const [identity] = await shownIdentities(app.ctx, personId)
    expect(identity).toMatchObject({ kind: 'openid', scope: miniprogram, joinedBy: 'first_seen' })
    expect(identity?.label).not.toBe(openid)
    expect(identity?.label.length).toBeLessThan(openid.length / 2)
  })
})

describe('evidence joins', () => {
  test('§3.3 rule 1: a fan whose unionid a mini-program user has already is that user', async () => {
    const { openid, unionid } = stranger()
    const visitor = await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid, unionid })
    const fan = await visitorSeen(app.ctx, {
      corpId,
      appId: official,
      openid: stranger().openid,
      unionid,
    })
    expect(fan.personId).toBe(visitor.personId)
  })

  test('§3.3 rule 2: a mini-program visit stores the unionid and joins the contact who has it', async () => {
    const { openid, unionid, externalUserId } = stranger()
    const before = await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid })
    const contact = await contactSeen(app.ctx, { corpId, externalUserId, unionid })
    expect(before.personId).not.toBe(contact.personId)
    const after = await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid, unionid })
    expect(after).toEqual({ identityId: before.identityId, personId: contact.personId })
    expect(await shownIdentities(app.ctx, contact.personId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'openid', joinedBy: 'unionid' }),
        expect.objectContaining({ kind: 'external_userid', joinedBy: 'first_seen' }),
      ]),
    )
  })

  test('§3.3 rule 3: a fan who opens our page joins the visitor and the contact of the same unionid', async () => {
    const { openid, unionid, externalUserId } = stranger()
    const contact = await contactSeen(app.ctx, { corpId, externalUserId, unionid })
    const visitor = await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid, unionid })
    const fan = await visitorSeen(app.ctx, {
      corpId,
      appId: official,
      openid: stranger().openid,
      unionid,
    })
    expect(new Set([contact.personId, visitor.personId, fan.personId]).size).toBe(1)
  })

  test('§3.3 rule 4: a contact without unionid joins nobody until its visitor comes and WeCom converts the unionid', async () => {
    const contact = await contactSeen(app.ctx, { corpId, externalUserId: chen.externalUserId })
    const anonymous = await visitorSeen(app.ctx, {
      corpId,
      appId: miniprogram,
      openid: chen.openid,
    })
    expect(anonymous.personId).not.toBe(contact.personId)
    const known = await visitorSeen(app.ctx, {
      corpId,
      appId: miniprogram,
      openid: chen.openid,
      unionid: chen.unionid,
    })
    expect(known).toEqual({ identityId: anonymous.identityId, personId: contact.personId })
    const [merge] = await mergesInto(contact.personId)
    expect(merge).toMatchObject({
      mergedPersonId: anonymous.personId,
      evidence: { by: 'unionid_conversion' },
      undoneAt: null,
    })
  })

  test('a contact whom only the conversion names becomes known by it', async () => {
    const { personId } = await visitorSeen(app.ctx, {
      corpId,
      appId: miniprogram,
      openid: linyue.openid,
      unionid: linyue.unionid,
    })
    expect(
      (await contactSeen(app.ctx, { corpId, externalUserId: linyue.externalUserId })).personId,
    ).toBe(personId)
  })

  test('WeCom is not asked again about somebody who is no contact, until an hour later', async () => {
    const visit = () => visitorSeen(app.ctx, { corpId, appId: miniprogram, ...zhao })
    const before = await conversions()
    await visit()
    await visit()
    expect(await conversions()).toBe(before + 1)
    app.clock.advance(61 * 60_000)
    await visit()
    expect(await conversions()).toBe(before + 2)
  })

  test('a contact is not asked about either', async () => {
    await visitorSeen(app.ctx, {
      corpId,
      appId: miniprogram,
      openid: linyue.openid,
      unionid: linyue.unionid,
    })
    const before = await conversions()
    await visitorSeen(app.ctx, {
      corpId,
      appId: miniprogram,
      openid: linyue.openid,
      unionid: linyue.unionid,
    })
    expect(await conversions()).toBe(before)
  })

  test.each([
    ['answers 500', { status: 500 }],
    ['answers HTML', { html: true }],
    ['hangs', { hang: true }],
    ['says it is busy', { errcode: -1 }],
  ])('a visitor signs in although WeCom %s, and is joined later', async (_how, fault) => {
    const path = '/wecom/cgi-bin/externalcontact/unionid_to_external_userid'
    const visit = {
      corpId,
      appId: `wxapp${made}00000`,
      openid: stranger().openid,
      unionid: he.unionid,
    }
    const contact = await contactSeen(app.ctx, { corpId, externalUserId: he.externalUserId })
    for (const merge of await mergesInto(contact.personId))
      await undoMerge(app.ctx, { corpId, mergeId: merge.id })
    // As if nobody had ever parted them.
    await app.db.delete(identityEvidence)
    await app.db.delete(identityQuestions)
    await app.sandbox?.door('POST', 'faults', { path, times: 10, ...fault })
    const seen = await visitorSeen(app.ctx, visit)
    expect(seen.personId).not.toBe(contact.personId)
    await app.sandbox?.door('DELETE', 'faults')
    // A failed question is free again after a minute, and the next visit asks it.
    app.clock.advance(61_000)
    expect((await visitorSeen(app.ctx, visit)).personId).toBe(contact.personId)
  })
})

describe('evidence that contradicts joins nobody', () => {
  test('one contact does not take in a second unionid', async () => {
    const one = stranger()
    const other = stranger()
    const contact = await contactSeen(app.ctx, {
      corpId,
      externalUserId: one.externalUserId,
      unionid: one.unionid,
    })
    await contactSeen(app.ctx, {
      corpId,
      externalUserId: one.externalUserId,
      unionid: other.unionid,
    })
    const visitor = await visitorSeen(app.ctx, {
      corpId,
      appId: miniprogram,
      openid: other.openid,
      unionid: other.unionid,
    })
    expect(visitor.personId).not.toBe(contact.personId)
    expect(await mergesInto(contact.personId)).toEqual([])
  })

  test('two contacts of one corp stay two persons', async () => {
    const [one, other] = [stranger(), stranger()]
    const first = await contactSeen(app.ctx, {
      corpId,
      externalUserId: one.externalUserId,
      unionid: one.unionid,
    })
    const second = await contactSeen(app.ctx, {
      corpId,
      externalUserId: other.externalUserId,
      unionid: one.unionid,
    })
    expect(second.personId).not.toBe(first.personId)
  })
})

describe('a merge', () => {
  async function joined() {
    const { openid, unionid, externalUserId } = stranger()
    const visitor = await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid })
    const contact = await contactSeen(app.ctx, { corpId, externalUserId, unionid })
    await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid, unionid })
    const [merge] = await mergesInto(contact.personId)
    if (!merge) throw new Error('not merged')
    return { openid, unionid, visitor, contact, merge }
  }

  test('can be undone: each has its identities back, with their first labels', async () => {
    const { visitor, contact, merge } = await joined()
    await undoMerge(app.ctx, { corpId, mergeId: merge.id })
    expect(await personOf(app.ctx, visitor.identityId)).toBe(visitor.personId)
    expect(await personOf(app.ctx, contact.identityId)).toBe(contact.personId)
    expect(await shownIdentities(app.ctx, visitor.personId)).toMatchObject([
      { joinedBy: 'first_seen' },
    ])
  })

  test('that was undone does not come back by the same evidence', async () => {
    const { openid, unionid, visitor, contact, merge } = await joined()
    await undoMerge(app.ctx, { corpId, mergeId: merge.id })
    await visitorSeen(app.ctx, { corpId, appId: miniprogram, openid, unionid })
    expect(await personOf(app.ctx, visitor.identityId)).not.toBe(contact.personId)
  })

  test('can be undone after a later merge, and both in either order', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const [a, b, c] = await Promise.all(
        ['a', 'b', 'c'].map(() =>
          visitorSeen(app.ctx, { corpId, appId: miniprogram, openid: stranger().openid }),
        ),
      )
      if (!a || !b || !c) throw new Error('three visitors')
      await settling(app.db, (tx) => join(app.ctx, tx, [a.identityId, b.identityId], 'by_hand'))
      await settling(app.db, (tx) => join(app.ctx, tx, [b.identityId, c.identityId], 'by_hand'))
      const all = await app.db.select().from(merges)
      const both = all.filter(({ evidence }) => {
        const { between } = evidence as { between: string[] }
        return between.includes(b.identityId)
      })
      expect(both).toHaveLength(2)
      for (const index of order)
        await undoMerge(app.ctx, { corpId, mergeId: both[index]?.id ?? '' })
      expect(
        await Promise.all([a, b, c].map(({ identityId }) => personOf(app.ctx, identityId))),
      ).toEqual([a.personId, b.personId, c.personId])
    }
  })

  test('among many at once ends with one person, whatever their order', async () => {
    const visitors = await Promise.all(
      Array.from({ length: 10 }, () =>
        visitorSeen(app.ctx, { corpId, appId: miniprogram, openid: stranger().openid }),
      ),
    )
    const pairs = visitors.flatMap((one, index) =>
      visitors
        .slice(index + 1)
        .map((other) => [one.identityId, other.identityId] as [string, string]),
    )
    await Promise.all(
      pairs.map((pair) => settling(app.db, (tx) => join(app.ctx, tx, pair, 'by_hand'))),
    )
    const held = await Promise.all(visitors.map(({ identityId }) => personOf(app.ctx, identityId)))
    expect(new Set(held).size).toBe(1)
  })

  test('that fails leaves everything as it was', async () => {
    const [one, other] = await Promise.all(
      [0, 1].map(() =>
        visitorSeen(app.ctx, { corpId, appId: miniprogram, openid: stranger().openid }),
      ),
    )
    if (!one || !other) throw new Error('two visitors')
    const failing = transact(app.db, async (tx) => {
      await join(app.ctx, tx, [one.identityId, other.identityId], 'by_hand')
      throw new Error('the power fails')
    })
    await expect(failing).rejects.toThrow('the power fails')
    expect(await personOf(app.ctx, one.identityId)).toBe(one.personId)
    expect(await personOf(app.ctx, other.identityId)).toBe(other.personId)
  })
})
