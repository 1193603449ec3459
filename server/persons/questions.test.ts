import { eq, or } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answerQuestion,
  listMerges,
  listQuestions,
  undoMerge,
} from '../../shared/contract/identity.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import { connectAccount } from '../connections/connect.ts'
import { saveContact } from '../contacts/store.ts'
import {
  makeContact,
  makeVisitor,
  type TestContact,
  type TestVisitor,
} from '../testing/factories.ts'
import { makeTestApp, type TestApp } from '../testing/test-app.ts'
import { contactSeen, personOf, visitorSeen } from '../identity/index.ts'
import { identityEvidence } from '../identity/tables.ts'

let app: TestApp
/** These questions are asked without WeCom: conversions fail fast and change nothing. */
beforeAll(async () => {
  app = await makeTestApp({ platformTimeoutMs: 200 })
})
afterAll(() => app.stop())

const appId = 'wx5e1f8c27d90b643a'
const rep = () => app.member('ZhouXiaolan')
let made = 0
function unionid(): string {
  made += 1
  return `oUnionAsked${made}00000000000`
}

function questionsOf(personId: string, as = rep()) {
  return app.call(listQuestions, { params: { id: personId } }, as)
}
function mergesOf(personId: string, as = rep()) {
  return app.call(listMerges, { params: { id: personId } }, as)
}
function say(id: string, answer: 'same' | 'different', as = rep()) {
  return app.call(answerQuestion, { params: { id }, body: { answer } }, as)
}
function visitAgain({ openid }: TestVisitor, withUnionid: string) {
  return visitorSeen(app.ctx, { corpId: app.corpId, appId, openid, unionid: withUnionid })
}
async function evidenceAbout(identityId: string) {
  const rows = await app.db
    .select()
    .from(identityEvidence)
    .where(
      or(
        eq(identityEvidence.oneIdentityId, identityId),
        eq(identityEvidence.otherIdentityId, identityId),
      ),
    )
    .orderBy(identityEvidence.at, identityEvidence.id)
  return rows.map(({ kind, outcome }) => `${kind} ${outcome}`)
}

/**
 * Makes a visitor with one unionid who comes again with a contact's unionid. In life this is a mini
 * program that was bound to another open-platform account, or a borrowed phone.
 */
async function twoUnionids(): Promise<{
  contact: TestContact
  visitor: TestVisitor
  theirs: string
  own: string
}> {
  const [theirs, own] = [unionid(), unionid()]
  const contact = await makeContact(app, { unionid: theirs, name: '林悦' })
  const visitor = await makeVisitor(app, { unionid: own })
  await visitAgain(visitor, theirs)
  return { contact, visitor, theirs, own }
}

describe('evidence that contradicts what is known', () => {
  test('joins nobody and becomes a question that a rep can decide', async () => {
    const { contact, visitor } = await twoUnionids()
    expect(await personOf(app.ctx, visitor.identityId)).not.toBe(contact.personId)
    const { items } = await questionsOf(contact.personId)
    expect(items).toMatchObject([
      {
        kind: 'unionid',
        reason: 'two_unionids',
        state: 'open',
        one: { personId: contact.personId, kind: 'unionid', name: '林悦' },
        other: {
          personId: visitor.personId,
          kind: 'openid',
          name: null,
          identityId: visitor.identityId,
        },
      },
    ])
    expect(items[0]?.other.label).not.toBe(visitor.openid)
    expect(Date.parse(items[0]?.other.firstSeenAt ?? '')).toBeLessThanOrEqual(
      app.clock.now().getTime(),
    )
  })

  test('is asked about once, however often it comes, and logged once', async () => {
    const { contact, visitor, theirs } = await twoUnionids()
    await Promise.all([visitAgain(visitor, theirs), visitAgain(visitor, theirs)])
    expect((await questionsOf(contact.personId)).items).toHaveLength(1)
    expect(await evidenceAbout(visitor.identityId)).toEqual(['unionid joined', 'unionid asked'])
  })

  test('a unionid that leads to two contacts is asked about', async () => {
    const shared = unionid()
    const first = await makeContact(app, { unionid: shared })
    const second = await makeContact(app, { unionid: shared, name: '陈国栋' })
    expect(second.personId).not.toBe(first.personId)
    expect((await questionsOf(first.personId)).items).toMatchObject([
      {
        reason: 'two_contacts',
        one: { kind: 'unionid' },
        other: { kind: 'external_userid', name: '陈国栋' },
      },
    ])
  })

  test('a second unionid of one contact is asked about, not lost', async () => {
    const contact = await makeContact(app, { unionid: unionid() })
    const newer = unionid()
    await contactSeen(app.ctx, {
      corpId: app.corpId,
      externalUserId: contact.externalUserId,
      unionid: newer,
    })
    const visitor = await makeVisitor(app, { unionid: newer })
    const { items } = await questionsOf(contact.personId)
    expect(items).toMatchObject([
      { reason: 'two_unionids', one: { kind: 'external_userid' }, other: { kind: 'unionid' } },
    ])
    await say(items[0]?.id ?? '', 'same')
    expect(await personOf(app.ctx, visitor.identityId)).toBe(contact.personId)
  })

  test('two whom somebody has parted are asked about when the evidence comes back', async () => {
    const theirs = unionid()
    const contact = await makeContact(app, { unionid: theirs })
    const visitor = await makeVisitor(app)
    await visitAgain(visitor, theirs)
    const [merge] = (await mergesOf(contact.personId)).items
    await app.call(undoMerge, { params: { id: merge?.id ?? '' } }, rep())
    expect((await questionsOf(contact.personId)).items).toEqual([])
    await visitAgain(visitor, theirs)
    expect(await personOf(app.ctx, visitor.identityId)).toBe(visitor.personId)
    expect((await questionsOf(contact.personId)).items).toMatchObject([
      { reason: 'parted', kind: 'unionid' },
    ])
    expect(await evidenceAbout(visitor.identityId)).toEqual([
      'unionid joined',
      'unionid undone',
      'unionid asked',
    ])
  })
})

describe('an answer', () => {
  test('“same” joins over the contradiction, and what comes later keeps working', async () => {
    const { contact, visitor, theirs } = await twoUnionids()
    const [question] = (await questionsOf(contact.personId)).items
    expect(await say(question?.id ?? '', 'same')).toMatchObject({
      state: 'same',
      one: { personId: contact.personId },
      other: { personId: contact.personId },
    })
    expect(await visitAgain(visitor, theirs)).toMatchObject({ personId: contact.personId })
    expect((await questionsOf(contact.personId)).items).toEqual([])
    expect((await mergesOf(contact.personId)).items).toMatchObject([
      {
        evidence: 'by_hand',
        undoneAt: null,
        identities: [{ kind: 'openid' }, { kind: 'unionid' }],
      },
    ])
    // The person has two unionids now and does not contradict itself. An identity without a unionid
    // can still join it.
    const fan = await makeVisitor(app)
    await visitAgain(fan, theirs)
    expect(await personOf(app.ctx, fan.identityId)).toBe(contact.personId)
  })

  test('“different” keeps them apart for good, and nobody is asked again about these two', async () => {
    const { contact, visitor, theirs, own } = await twoUnionids()
    const [question] = (await questionsOf(contact.personId)).items
    expect(await say(question?.id ?? '', 'different')).toMatchObject({ state: 'different' })
    await visitAgain(visitor, theirs)
    await contactSeen(app.ctx, {
      corpId: app.corpId,
      externalUserId: contact.externalUserId,
      unionid: theirs,
    })
    expect(await personOf(app.ctx, visitor.identityId)).toBe(visitor.personId)
    expect((await questionsOf(contact.personId)).items).toEqual([])
    expect(await evidenceAbout(visitor.identityId)).toContain('by_hand apart')
    // Another identity of the same two people does not ask again: the visitor as a fan of the
    // official account.
    const official = {
      corpId: app.corpId,
      appId: 'wx90c3a7f1be2d5486',
      openid: `oFan${made}00000000000`,
    }
    const fan = await visitorSeen(app.ctx, { ...official, unionid: own })
    expect(fan.personId).toBe(visitor.personId)
    await visitorSeen(app.ctx, { ...official, unionid: theirs })
    expect(await evidenceAbout(fan.identityId)).toEqual(['unionid joined', 'unionid apart'])
  })

  test('given twice changes nothing; another one afterwards is refused', async () => {
    const { contact } = await twoUnionids()
    const [question] = (await questionsOf(contact.personId)).items
    const first = await say(question?.id ?? '', 'same')
    expect(await say(question?.id ?? '', 'same')).toEqual(first)
    expect((await mergesOf(contact.personId)).items).toHaveLength(1)
    await expect(say(question?.id ?? '', 'different')).rejects.toMatchObject({
      code: 'question_answered',
      status: 409,
    })
  })

  test('of two colleagues at once: one counts, the other is told', async () => {
    const { contact } = await twoUnionids()
    const [question] = (await questionsOf(contact.personId)).items
    const said = await Promise.allSettled([
      say(question?.id ?? '', 'same'),
      say(question?.id ?? '', 'different'),
    ])
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(said.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'question_answered' },
    })
  })

  test('is refused to who follows neither, who is of another corp, and about what does not exist', async () => {
    const { contact } = await twoUnionids()
    const [question] = (await questionsOf(contact.personId)).items
    const id = question?.id ?? ''
    // Not 403: whether the question exists is nobody else's business.
    await expect(say(id, 'same', app.member('HanXue'))).rejects.toMatchObject({
      code: 'question_unknown',
    })
    await expect(questionsOf(contact.personId, app.member('HanXue'))).rejects.toMatchObject({
      code: 'contact_not_followed',
    })
    await connectAccount(app.ctx, {
      corpId: 'wwother00000',
      corpName: '另一家',
      kind: 'wecom_app',
      platformId: '1000002',
      settings: { appKind: 'own', trustedHosts: [] },
      secrets: { secret: 'a secret of theirs' },
    })
    const { token } = app.ctx.sessions.sign(
      { kind: 'member', corpId: 'wwother00000', userId: 'ZhouXiaolan' },
      3600,
    )
    const stranger = { Cookie: `chatside_member=${token}` }
    await expect(say(id, 'same', stranger)).rejects.toMatchObject({ code: 'question_unknown' })
    await expect(questionsOf(contact.personId, stranger)).rejects.toMatchObject({
      code: 'person_unknown',
    })
    await expect(mergesOf(contact.personId, stranger)).rejects.toMatchObject({
      code: 'person_unknown',
    })
    await expect(say(app.ctx.random.id(), 'same')).rejects.toMatchObject({
      code: 'question_unknown',
    })
    await expect(
      app.call(undoMerge, { params: { id: app.ctx.random.id() } }, rep()),
    ).rejects.toMatchObject({ code: 'merge_unknown' })
    expect((await questionsOf(contact.personId)).items).toHaveLength(1)
  })

  test('over two contacts comes from who follows both, and from nobody who follows one', async () => {
    const shared = unionid()
    const first = await makeContact(app, { unionid: shared, followers: ['ZhouXiaolan', 'LuWei'] })
    const second = await makeContact(app, { unionid: shared, followers: ['HanXue', 'LuWei'] })
    expect((await questionsOf(first.personId)).items).toEqual([])
    expect((await questionsOf(second.personId, app.member('HanXue'))).items).toEqual([])
    const [question] = (await questionsOf(first.personId, app.member('LuWei'))).items
    for (const one of ['ZhouXiaolan', 'HanXue'])
      await expect(say(question?.id ?? '', 'different', app.member(one))).rejects.toMatchObject({
        code: 'question_unknown',
      })
    expect(await say(question?.id ?? '', 'different', app.member('LuWei'))).toMatchObject({
      state: 'different',
    })
  })
})

describe('a merge', () => {
  async function merged() {
    const theirs = unionid()
    const contact = await makeContact(app, { unionid: theirs })
    const visitor = await makeVisitor(app)
    await visitAgain(visitor, theirs)
    const [merge] = (await mergesOf(contact.personId)).items
    return { contact, visitor, theirs, merge }
  }

  test('is listed with what proved it and what moved, masked; after its undo too', async () => {
    const { contact, visitor, merge } = await merged()
    expect(merge).toMatchObject({
      evidence: 'unionid',
      undoneAt: null,
      identities: [{ id: visitor.identityId, kind: 'openid' }],
    })
    expect(JSON.stringify(merge)).not.toContain(visitor.openid)
    const undone = await app.call(undoMerge, { params: { id: merge?.id ?? '' } }, rep())
    expect(undone.undoneAt).not.toBeNull()
    expect((await mergesOf(contact.personId)).items).toEqual([undone])
  })

  test('is not taken back by who follows none of the two', async () => {
    const { contact, visitor, merge } = await merged()
    const undo = app.call(undoMerge, { params: { id: merge?.id ?? '' } }, app.member('HanXue'))
    await expect(undo).rejects.toMatchObject({ code: 'merge_unknown' })
    expect(await personOf(app.ctx, visitor.identityId)).toBe(contact.personId)
  })

  test('that is undone twice is undone once', async () => {
    const { visitor, merge } = await merged()
    const undo = () => app.call(undoMerge, { params: { id: merge?.id ?? '' } }, rep())
    const first = await undo()
    expect(await undo()).toEqual(first)
    expect(
      (await evidenceAbout(visitor.identityId)).filter((line) => line.endsWith('undone')),
    ).toHaveLength(1)
  })

  test('is known to the old address of the visitor’s person, before and after', async () => {
    const { contact, visitor } = await merged()
    expect(
      (await app.call(listMoments, { params: { id: visitor.personId }, query: {} }, rep())).items,
    ).toEqual([])
    expect((await mergesOf(visitor.personId)).items).toEqual(
      (await mergesOf(contact.personId)).items,
    )
  })
})

test('a visit that proves nothing new is written down once', async () => {
  const { visitor, theirs } = await (async () => {
    const own = unionid()
    return { visitor: await makeVisitor(app, { unionid: own }), theirs: own }
  })()
  await visitAgain(visitor, theirs)
  await visitAgain(visitor, theirs)
  expect(await evidenceAbout(visitor.identityId)).toEqual(['unionid joined'])
})

test('the follower who has gone does not read the questions any more', async () => {
  const { contact } = await twoUnionids()
  const profile = {
    name: '林悦',
    position: null,
    avatarUrl: null,
    corpName: null,
    kind: 'wechat',
    gender: 'unknown',
  } as const
  app.clock.advance(1_000)
  await saveContact(
    app.db,
    app.corpId,
    { ...profile, externalUserId: contact.externalUserId, unionid: null, follows: [] },
    app.clock.now(),
  )
  await expect(questionsOf(contact.personId)).rejects.toMatchObject({
    code: 'contact_not_followed',
  })
})
