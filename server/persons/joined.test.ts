import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getContact } from '../../shared/contract/contacts.ts'
import { undoMerge } from '../../shared/contract/identity.ts'
import {
  chooseTracking,
  erasePerson,
  getPrivacy,
  privacyTextVersion,
} from '../../shared/contract/privacy.ts'
import { cancelWorkorder, getWorkorder, listWorkorders } from '../../shared/contract/workorders.ts'
import { proveNumber } from '../identity/evidence/numbers.ts'
import { personOf, visitorSeen } from '../identity/index.ts'
import { merges } from '../identity/tables.ts'
import { openEventStream, type TestStream } from '../testing/event-stream.ts'
import { makeVisitor, type TestContact } from '../testing/factories.ts'
import {
  aCustomer,
  expectNone,
  mergesOf,
  note,
  ownView,
  questionsOf,
  say,
  seenBy,
  submit,
  textOf,
  twoWithQuestion,
} from '../testing/persons/customers.ts'
import { readShare } from '../testing/persons/whole-person.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'

/**
 * Two customers of two reps, and a colleague who follows both. What a member says about the two
 * changes what that member sees. It shows nothing to anybody else, least of all to the customers.
 */
let app: TestApp
let ofOne: As
let ofOther: As
let ofBoth: As
const streams: TestStream[] = []

beforeAll(async () => {
  app = await makeTestApp({ platformTimeoutMs: 200 })
  ofOne = app.member('ZhouXiaolan')
  ofOther = app.member('HanXue')
  ofBoth = app.member('LuWei')
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})
afterAll(() => app.stop())

async function openStream({ personId }: TestContact, as: As): Promise<TestStream> {
  const stream = await openEventStream(app, `/api/persons/${personId}/moments/live`, as)
  streams.push(stream)
  return stream
}
describe('two customers whom a member joined', () => {
  async function joined() {
    const { one, other, question } = await twoWithQuestion(app)
    const views = { one: await ownView(app, one.visitor), other: await ownView(app, other.visitor) }
    await say(app, question, 'same', ofBoth)
    expect(await personOf(app.ctx, other.contact.identityId)).toBe(
      await personOf(app.ctx, one.contact.identityId),
    )
    const merge = (await mergesOf(app, one.contact, ofBoth)).items.find(
      ({ evidence }) => evidence === 'by_hand',
    )
    return { one, other, views, mergeId: merge?.id ?? '' }
  }
  test('read, withdraw, export and choose what is their own, before, during and after', async () => {
    const { one, other, views, mergeId } = await joined()
    async function expectOwnOnly() {
      for (const [own, strange, before] of [
        [one, other, views.one],
        [other, one, views.other],
      ] as const) {
        const view = await ownView(app, own.visitor)
        expectNone(view, strange)
        for (const secret of own.secrets) expect(view).toContain(secret)
        expect(view.length).toBeGreaterThan(before.length / 2)
        const params = { id: strange.order }
        await expect(app.call(getWorkorder, { params }, own.visitor.as)).rejects.toMatchObject({
          code: 'workorder_unknown',
        })
        await expect(
          app.call(cancelWorkorder, { params, body: {} }, own.visitor.as),
        ).rejects.toMatchObject({ code: 'workorder_unknown' })
        const withTheirPhoto = submit(
          app,
          own.visitor,
          { contactName: '我', contactPhone: '13900000000', address: '这里' },
          [strange.photo],
        )
        await expect(withTheirPhoto).rejects.toMatchObject({ code: 'file_unknown' })
      }
    }
    await expectOwnOnly()
    await app.call(undoMerge, { params: { id: mergeId } }, ofBoth)
    await expectOwnOnly()
  })

  test('choose for themselves whether they are tracked', async () => {
    const { one, other } = await joined()
    const choose = (as: As, agreed: boolean) =>
      app.call(
        chooseTracking,
        { body: { agreed, textVersion: privacyTextVersion, locale: 'zh-CN' } },
        as,
      )
    await choose(one.visitor.as, false)
    expect(await app.call(getPrivacy, {}, other.visitor.as)).toMatchObject({
      tracking: true,
      decidedAt: null,
    })
    await choose(other.visitor.as, true)
    expect(await app.call(getPrivacy, {}, one.visitor.as)).toMatchObject({ tracking: false })
  })

  test('are erased one by one: the other keeps everything, and is nobody’s appendix', async () => {
    for (const first of ['one', 'other'] as const) {
      const { one, other } = await joined()
      const [gone, stays] = first === 'one' ? [one, other] : [other, one]
      const before = await ownView(app, stays.visitor)
      await app.call(erasePerson, { body: { confirm: true } }, gone.visitor.as)
      await expect(app.call(listWorkorders, { query: {} }, gone.visitor.as)).rejects.toMatchObject({
        code: 'unauthenticated',
      })
      const after = await ownView(app, stays.visitor)
      for (const secret of stays.secrets) expect(after).toContain(secret)
      expect(after.length).toBeGreaterThan(before.length * 0.7)
      const seen = await seenBy(app, first === 'one' ? ofOther : ofOne, stays)
      for (const secret of stays.secrets.slice(0, 3)) expect(seen).toContain(secret)
      expectNone(seen, gone)
      expect(
        (await app.db.select().from(merges)).some(({ evidence }) =>
          JSON.stringify(evidence).includes(gone.contact.identityId),
        ),
      ).toBe(false)
    }
  })

  test('are read whole by who follows both, and each alone by a colleague who follows one', async () => {
    const { one, other, mergeId } = await joined()
    const whole = await seenBy(app, ofBoth, one)
    for (const secret of [...one.secrets, ...other.secrets].filter((text) => !text.startsWith('o')))
      expect(whole).toContain(secret)
    for (const [as, own, strange] of [
      [ofOne, one, other],
      [ofOther, other, one],
    ] as const) {
      const seen = await seenBy(app, as, own)
      for (const secret of own.secrets.slice(0, 3)) expect(seen).toContain(secret)
      expectNone(seen, strange)
      expect(seen).not.toContain(strange.order)
      expect(seen).not.toContain(strange.share)
      expect(seen).not.toContain(strange.visitor.identityId)
      expect(seen).not.toContain(mergeId)
      await expect(
        app.call(getWorkorder, { params: { id: strange.order } }, as),
      ).rejects.toMatchObject({ code: 'workorder_unknown' })
      await expect(app.call(undoMerge, { params: { id: mergeId } }, as)).rejects.toMatchObject({
        code: 'merge_unknown',
      })
      const { externalUserId } = strange.contact
      await expect(app.call(getContact, { params: { externalUserId } }, as)).rejects.toMatchObject({
        code: 'contact_not_followed',
      })
    }
    await app.call(undoMerge, { params: { id: mergeId } }, ofBoth)
    expectNone(await seenBy(app, ofOne, one), other)
    expectNone(await seenBy(app, ofOther, other), one)
  })

  test('appear live to who follows both, and only the own one to a colleague; joined while they watch too', async () => {
    const { one, other, question } = await twoWithQuestion(app)
    const [alone, both] = [
      await openStream(one.contact, ofOne),
      await openStream(one.contact, ofBoth),
    ]
    await say(app, question, 'same', ofBoth)
    const theirs = await readShare(app, other.visitor.as, other.share)
    await expect.poll(() => textOf(both)).toContain(theirs)
    const own = await readShare(app, one.visitor.as, one.share)
    await expect.poll(() => textOf(alone)).toContain(own)
    expect(textOf(alone)).not.toContain(theirs)
    expectNone(textOf(alone), other)
    // A stream that begins now, and one that resumes from before the merge, tell the same.
    const [late] = both.events
    const again = await openEventStream(
      app,
      `/api/persons/${other.contact.personId}/moments/live`,
      ofOther,
      late?.id ?? undefined,
    )
    streams.push(again)
    const mine = await readShare(app, other.visitor.as, other.share)
    await expect.poll(() => textOf(again)).toContain(mine)
    expect(textOf(again)).not.toContain(own)
  })
})

describe('a visitor whom a member joined with a customer', () => {
  let visits = 0
  async function joinedVisitor() {
    visits += 1
    const own = await aCustomer(app, ['ZhouXiaolan', 'LuWei'])
    const visitor = await makeVisitor(app)
    const [name, phone, address] = [
      `访客${visits}号`,
      `1370000${1000 + visits}`,
      `金鸡湖路${visits}号`,
    ]
    const order = await submit(app, visitor, {
      contactName: name,
      contactPhone: phone,
      address,
    })
    await readShare(app, visitor.as, own.share)
    const number = `138555${String(10000 + visits)}`
    await proveNumber(app.ctx, { corpId: app.corpId, ...visitor }, `86${number}`)
    await note(app, own.contact, number, 'ZhouXiaolan')
    const [question] = (await questionsOf(app, own.contact, ofOne)).items
    await say(app, question?.id ?? '', 'same', ofOne)
    return { own, visitor, order, secrets: [name, phone, address] }
  }

  test('stands with the customer for every follower, and reads nothing of the customer', async () => {
    const { own, visitor, secrets } = await joinedVisitor()
    for (const as of [ofOne, ofBoth]) {
      const seen = await seenBy(app, as, own)
      for (const secret of secrets) expect(seen).toContain(secret)
    }
    expectNone(await ownView(app, visitor), own)
    const view = await ownView(app, own.visitor)
    for (const secret of secrets) expect(view).not.toContain(secret)
  })

  test('reads the customer’s orders once the own unionid proves it, even without the member', async () => {
    const { own, visitor, order } = await joinedVisitor()
    const { unionid } = own
    const onTheWeb = await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx90c3a7f1be2d5486',
      openid: `oWeb${unionid}`,
      unionid,
    })
    const web = app.visitor(onTheWeb.identityId)
    const listed = async (as: As) =>
      (await app.call(listWorkorders, { query: {} }, as)).items.map(({ id }) => id)
    expect(await listed(web)).toEqual([own.order])
    expect(await listed(visitor.as)).toEqual([order])
    await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx5e1f8c27d90b643a',
      openid: visitor.openid,
      unionid,
    })
    expect(await listed(visitor.as)).toEqual([order, own.order])
    expect(await listed(web)).toEqual([order, own.order])
  })

  test('is parted again by any follower of the customer, and by nobody else', async () => {
    const { own, visitor, order } = await joinedVisitor()
    const merge = (await mergesOf(app, own.contact, ofBoth)).items.find(
      ({ evidence }) => evidence === 'by_hand',
    )
    const undo = (as: As) => app.call(undoMerge, { params: { id: merge?.id ?? '' } }, as)
    await expect(undo(ofOther)).rejects.toMatchObject({ code: 'merge_unknown' })
    await undo(ofBoth)
    expect(await personOf(app.ctx, visitor.identityId)).toBe(visitor.personId)
    const { items } = await app.call(listWorkorders, { query: {} }, visitor.as)
    expect(items.map(({ id }) => id)).toEqual([order])
  })
})
