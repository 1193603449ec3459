import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getContact } from '../../shared/contract/contacts.ts'
import {
  answerQuestion,
  listMerges,
  listQuestions,
  undoMerge,
} from '../../shared/contract/identity.ts'
import { forwardShare } from '../../shared/contract/materials.ts'
import {
  chooseTracking,
  erasePerson,
  exportPersonalData,
  getPrivacy,
  privacyTextVersion,
} from '../../shared/contract/privacy.ts'
import { forwardTree } from '../../shared/contract/statistics.ts'
import { listMoments } from '../../shared/contract/timeline.ts'
import {
  cancelWorkorder,
  getWorkorder,
  listWorkorders,
  submitWorkorder,
} from '../../shared/contract/workorders.ts'
import { saveContact } from '../contacts/store.ts'
import { proveNumber } from '../identity/evidence/numbers.ts'
import { personOf, visitorSeen } from '../identity/index.ts'
import { contacts } from '../contacts/tables.ts'
import { identityQuestions, merges } from '../identity/tables.ts'
import { openEventStream, type TestStream } from '../testing/event-stream.ts'
import {
  makeContact,
  makeShare,
  makeVisitor,
  openedBy,
  type TestContact,
  type TestVisitor,
} from '../testing/factories.ts'
import { type As, makeTestApp, type TestApp } from '../testing/test-app.ts'
import { readShare, uploadPhoto } from '../testing/whole-person.ts'

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

let made = 0
interface Customer {
  contact: TestContact
  visitor: TestVisitor
  share: string
  order: string
  photo: string
  /** Texts that only followers may see, and the customer. */
  secrets: string[]
}

async function aCustomer(followers: string[]): Promise<Customer> {
  made += 1
  const unionid = `oUnionSides${made}000000`
  const [name, phone, street] = [
    `客户${made}号林`,
    `1390000${1000 + made}`,
    `星湖街${1000 + made}号`,
  ]
  const contact = await makeContact(app, { name, followers, unionid })
  const visitor = await makeVisitor(app, { unionid })
  expect(await personOf(app.ctx, visitor.identityId)).toBe(contact.personId)
  const share = await makeShare(app, { to: contact, memberUserId: followers[0] ?? '' })
  await readShare(app, visitor.as, share)
  const photo = (await uploadPhoto(app, visitor.as, made)).id
  const order = await submit(visitor, { contactName: name, contactPhone: phone, address: street }, [
    photo,
  ])
  return { contact, visitor, share, order, photo, secrets: [name, phone, street, visitor.openid] }
}
async function submit(
  { as }: Pick<TestVisitor, 'as'>,
  { contactName, contactPhone, address }: Record<string, string>,
  photoIds: string[] = [],
): Promise<string> {
  const body = {
    type: 'repair' as const,
    description: '排气温度高',
    contactName: contactName ?? '',
    contactPhone: contactPhone ?? '',
    photoIds,
    location: { source: 'typed' as const, name: '', address: address ?? '' },
  }
  return (await app.call(submitWorkorder, { body, idempotencyKey: randomUUID() }, as)).id
}

/** A number that a rep noted of one customer and another proved: a question over two contacts. */
async function twoWithQuestion(): Promise<{ one: Customer; other: Customer; question: string }> {
  const [one, other] = [
    await aCustomer(['ZhouXiaolan', 'LuWei']),
    await aCustomer(['HanXue', 'LuWei']),
  ]
  const number = `138111${String(10000 + made)}`
  await proveNumber(app.ctx, { corpId: app.corpId, ...other.visitor }, `86${number}`)
  await note(one.contact, number, 'ZhouXiaolan')
  const [row] = await app.db
    .select()
    .from(identityQuestions)
    .where(eq(identityQuestions.oneIdentityId, one.contact.identityId))
  const [also] = await app.db
    .select()
    .from(identityQuestions)
    .where(eq(identityQuestions.otherIdentityId, one.contact.identityId))
  return { one, other, question: row?.id ?? also?.id ?? '' }
}

/** A rep writes a number into the remark of a contact, and opens the chat. */
async function note(contact: TestContact, number: string, by: string): Promise<void> {
  const [row] = await app.db
    .select()
    .from(contacts)
    .where(eq(contacts.externalUserId, contact.externalUserId))
  const follows = (row?.follows as { userId: string; addedAt: string }[]).map((follow) => ({
    ...follow,
    addedAt: new Date(follow.addedAt),
    phones: follow.userId === by ? [number] : [],
  }))
  app.clock.advance(1)
  const told = { ...(row?.profile as object), externalUserId: contact.externalUserId, follows }
  await saveContact(app.db, app.corpId, told as never, app.clock.now())
  const { externalUserId } = contact
  await app.call(getContact, { params: { externalUserId } }, app.member(by))
}

function questionsOf({ personId }: TestContact, as: As) {
  return app.call(listQuestions, { params: { id: personId } }, as)
}
function mergesOf({ personId }: TestContact, as: As) {
  return app.call(listMerges, { params: { id: personId } }, as)
}
function say(id: string, answer: 'same' | 'different', as: As) {
  return app.call(answerQuestion, { params: { id }, body: { answer } }, as)
}
async function openStream({ personId }: TestContact, as: As): Promise<TestStream> {
  const stream = await openEventStream(app, `/api/persons/${personId}/moments/live`, as)
  streams.push(stream)
  return stream
}
function textOf({ events }: TestStream): string {
  return JSON.stringify(events.filter(({ event }) => event === 'moment'))
}

/** Everything that a member is shown of a contact, as one text. */
async function seenBy(as: As, { contact, share }: Customer): Promise<string> {
  const { personId: id, externalUserId } = contact
  const card = await app.call(getContact, { params: { externalUserId } }, as)
  const answers: unknown[] = [
    card,
    await app.call(listMoments, { params: { id: card.personId }, query: { limit: '100' } }, as),
    await app.call(listMoments, { params: { id }, query: { limit: '50' } }, as),
    await app.call(listQuestions, { params: { id } }, as),
    await app.call(listMerges, { params: { id } }, as),
    await app.call(forwardTree, { params: { id: share } }, as).catch((error: unknown) => error),
  ]
  const { items } = await app.call(listWorkorders, { query: { person: id } }, as)
  for (const order of items)
    answers.push(await app.call(getWorkorder, { params: { id: order.id } }, as))
  return JSON.stringify(answers)
}

/** Everything that a customer is shown, as one text. */
async function ownView({ as }: TestVisitor): Promise<string> {
  const { items } = await app.call(listWorkorders, { query: {} }, as)
  const orders = []
  for (const { id } of items) orders.push(await app.call(getWorkorder, { params: { id } }, as))
  const exported = await app.fetch(exportPersonalData.path, {}, as)
  return JSON.stringify([orders, await app.call(getPrivacy, {}, as), await exported.text()])
}

function expectNone(text: string, { secrets }: Customer): void {
  for (const secret of secrets) expect(text).not.toContain(secret)
}

describe('a rep who notes numbers to learn who has them', () => {
  test('gets the same answers for a number of nobody, of a visitor, and of a colleague’s customer', async () => {
    const own = await aCustomer(['ZhouXiaolan'])
    const [theirs, second] = [await aCustomer(['HanXue']), await aCustomer(['HanXue'])]
    const stranger = await makeVisitor(app)
    await submit(stranger, { contactName: '匿名者', contactPhone: '13700000000', address: '某处' })
    const numbers = ['13822220000', '13822220001', '13822220002', '13822220003']
    const provers = [stranger, theirs.visitor, second.visitor]
    for (const [index, { identityId }] of provers.entries())
      await proveNumber(app.ctx, { corpId: app.corpId, identityId }, `86${numbers[index]}`)
    const stream = await openStream(own.contact, ofOne)
    const answers = new Set<string>()
    for (const number of numbers) {
      await note(own.contact, number, 'ZhouXiaolan')
      const seen = (await seenBy(ofOne, own)).replaceAll(number, 'the number')
      const ofTheClock = /"(fetchedAt|liveFrom|ongoing|presentForMs)":("[^"]*"|\w+)/g
      answers.add(seen.replaceAll(ofTheClock, ''))
      expectNone(seen, theirs)
      expect((await questionsOf(own.contact, ofOne)).items).toEqual([])
    }
    expect(answers.size).toBe(1)
    expect(stream.events).toEqual([])
    // The questions exist, and their ids open nothing: as if they did not exist.
    const rows = await app.db.select().from(identityQuestions)
    const about = rows.filter(({ oneIdentityId, otherIdentityId }) =>
      [oneIdentityId, otherIdentityId].includes(own.contact.identityId),
    )
    expect(about).toHaveLength(3)
    const refusal = (id: string, answer: 'same' | 'different') =>
      say(id, answer, ofOne).then(
        () => 'answered',
        (error: Error) => ({ ...error, message: error.message, requestId: null }),
      )
    const missing = await refusal(randomUUID(), 'same')
    expect(missing).toMatchObject({ code: 'question_unknown', status: 404 })
    for (const { id } of about)
      for (const answer of ['same', 'different'] as const)
        expect(await refusal(id, answer)).toEqual(missing)
    expect(await personOf(app.ctx, stranger.identityId)).toBe(stranger.personId)
    expect(await personOf(app.ctx, theirs.visitor.identityId)).toBe(theirs.contact.personId)
  })

  test('is asked about a visitor who stands on that customer’s timeline already', async () => {
    const own = await aCustomer(['ZhouXiaolan'])
    const other = await aCustomer(['ZhouXiaolan'])
    const stranger = await makeVisitor(app)
    await proveNumber(app.ctx, { corpId: app.corpId, ...stranger }, '8613833330000')
    await note(own.contact, '13833330000', 'ZhouXiaolan')
    await note(other.contact, '13833330000', 'ZhouXiaolan')
    await readShare(app, stranger.as, own.share)
    expect((await questionsOf(own.contact, ofOne)).items).toMatchObject([
      { kind: 'noted_phone', other: { personId: stranger.personId, name: null } },
    ])
    // The visitor read nothing that was pushed to the other customer.
    expect((await questionsOf(other.contact, ofOne)).items).toEqual([])
  })
})

describe('a question over two customers', () => {
  test('is asked only to who follows both, with both names; the others get no answer at all', async () => {
    const { one, other, question } = await twoWithQuestion()
    for (const [as, theirs, strange] of [
      [ofOne, one, other],
      [ofOther, other, one],
    ] as const) {
      expect((await questionsOf(theirs.contact, as)).items).toEqual([])
      for (const answer of ['same', 'different'] as const)
        await expect(say(question, answer, as)).rejects.toMatchObject({ code: 'question_unknown' })
      expectNone(await seenBy(as, theirs), strange)
    }
    expect((await questionsOf(one.contact, ofBoth)).items).toMatchObject([
      { id: question, one: { name: one.contact.name }, other: { name: other.contact.name } },
    ])
    expect(await personOf(app.ctx, other.contact.identityId)).toBe(other.contact.personId)
  })

  test('is gone for who no longer follows one of the two', async () => {
    const { one, other, question } = await twoWithQuestion()
    app.clock.advance(1)
    await app.db
      .update(contacts)
      .set({ follows: [], fetchedAt: app.clock.now() })
      .where(eq(contacts.externalUserId, other.contact.externalUserId))
    expect((await questionsOf(one.contact, ofBoth)).items).toEqual([])
    await expect(say(question, 'same', ofBoth)).rejects.toMatchObject({ code: 'question_unknown' })
  })
})

describe('two customers whom a member joined', () => {
  async function joined() {
    const { one, other, question } = await twoWithQuestion()
    const views = { one: await ownView(one.visitor), other: await ownView(other.visitor) }
    await say(question, 'same', ofBoth)
    expect(await personOf(app.ctx, other.contact.identityId)).toBe(
      await personOf(app.ctx, one.contact.identityId),
    )
    const merge = (await mergesOf(one.contact, ofBoth)).items.find(
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
        const view = await ownView(own.visitor)
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
      const before = await ownView(stays.visitor)
      await app.call(erasePerson, { body: { confirm: true } }, gone.visitor.as)
      await expect(app.call(listWorkorders, { query: {} }, gone.visitor.as)).rejects.toMatchObject({
        code: 'unauthenticated',
      })
      const after = await ownView(stays.visitor)
      for (const secret of stays.secrets) expect(after).toContain(secret)
      expect(after.length).toBeGreaterThan(before.length * 0.7)
      const seen = await seenBy(first === 'one' ? ofOther : ofOne, stays)
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
    const whole = await seenBy(ofBoth, one)
    for (const secret of [...one.secrets, ...other.secrets].filter((text) => !text.startsWith('o')))
      expect(whole).toContain(secret)
    for (const [as, own, strange] of [
      [ofOne, one, other],
      [ofOther, other, one],
    ] as const) {
      const seen = await seenBy(as, own)
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
    expectNone(await seenBy(ofOne, one), other)
    expectNone(await seenBy(ofOther, other), one)
  })

  test('appear live to who follows both, and only the own one to a colleague; joined while they watch too', async () => {
    const { one, other, question } = await twoWithQuestion()
    const [alone, both] = [
      await openStream(one.contact, ofOne),
      await openStream(one.contact, ofBoth),
    ]
    await say(question, 'same', ofBoth)
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
  async function joinedVisitor() {
    const own = await aCustomer(['ZhouXiaolan', 'LuWei'])
    const visitor = await makeVisitor(app)
    const [name, phone, address] = [`访客${made}号`, `1370000${1000 + made}`, `金鸡湖路${made}号`]
    const order = await submit(visitor, {
      contactName: name,
      contactPhone: phone,
      address,
    })
    await readShare(app, visitor.as, own.share)
    const number = `138555${String(10000 + made)}`
    await proveNumber(app.ctx, { corpId: app.corpId, ...visitor }, `86${number}`)
    await note(own.contact, number, 'ZhouXiaolan')
    const [question] = (await questionsOf(own.contact, ofOne)).items
    await say(question?.id ?? '', 'same', ofOne)
    return { own, visitor, order, secrets: [name, phone, address] }
  }

  test('stands with the customer for every follower, and reads nothing of the customer', async () => {
    const { own, visitor, secrets } = await joinedVisitor()
    for (const as of [ofOne, ofBoth]) {
      const seen = await seenBy(as, own)
      for (const secret of secrets) expect(seen).toContain(secret)
    }
    expectNone(await ownView(visitor), own)
    const view = await ownView(own.visitor)
    for (const secret of secrets) expect(view).not.toContain(secret)
  })

  test('reads the customer’s orders once the own unionid proves it, even without the member', async () => {
    const { own, visitor, order } = await joinedVisitor()
    const unionid = `oUnionSides${made}000000`
    const onTheWeb = await visitorSeen(app.ctx, {
      corpId: app.corpId,
      appId: 'wx90c3a7f1be2d5486',
      openid: `oWeb${made}`,
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
    const merge = (await mergesOf(own.contact, ofBoth)).items.find(
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

describe('names on other pages', () => {
  test('a moment under a push to somebody else names the receiver only to who follows them', async () => {
    const [own, theirs] = [
      await aCustomer(['ZhouXiaolan', 'LuWei']),
      await aCustomer(['HanXue', 'LuWei']),
    ]
    const stream = await openStream(own.contact, ofOne)
    const visit = await readShare(app, own.visitor.as, theirs.share)
    const shown = async (as: As) => {
      const params = { id: own.contact.personId }
      const { items } = await app.call(listMoments, { params, query: {} }, as)
      return items.find(({ id }) => id === visit)?.share?.contactName
    }
    expect(await shown(ofOne)).toBeNull()
    expect(await shown(ofBoth)).toBe(theirs.contact.name)
    await expect.poll(() => textOf(stream)).toContain(visit)
    expect(textOf(stream)).not.toContain(theirs.contact.name)
    // A list of followers that is a day old names nobody any more.
    const minute = 60_000
    for (const [age, name] of [
      [24 * 60 * minute - minute, theirs.contact.name],
      [24 * 60 * minute + minute, null],
    ] as const) {
      await app.db
        .update(contacts)
        .set({ fetchedAt: new Date(app.clock.now().getTime() - age) })
        .where(eq(contacts.externalUserId, theirs.contact.externalUserId))
      expect(await shown(ofBoth)).toBe(name)
    }
  })

  test('the tree of forwards names a forwarder only to who follows all of that person’s contacts', async () => {
    const [own, theirs] = [
      await aCustomer(['ZhouXiaolan', 'LuWei']),
      await aCustomer(['HanXue', 'LuWei']),
    ]
    const share = await makeShare(app, { memberUserId: 'ZhouXiaolan' })
    const also = await makeShare(app, { memberUserId: 'LuWei' })
    for (const parent of [share, also]) {
      for (const { visitor } of [own, theirs]) {
        const id = openedBy(app, visitor, parent).forwardId
        await app.call(forwardShare, { params: { id: parent }, body: { id } }, visitor.as)
        await readShare(app, (await makeVisitor(app)).as, id)
      }
    }
    const by = async (id: string, as: As) =>
      (await app.call(forwardTree, { params: { id } }, as)).items.map((item) => item.by)
    const [, mine, strange] = await by(share, app.member('ZhouXiaolan'))
    expect(mine).toBe(own.contact.name)
    expect(strange).toMatch(/…/)
    expect(await by(also, app.member('LuWei'))).toEqual([
      null,
      own.contact.name,
      theirs.contact.name,
    ])
  })
})

test('a question about somebody of whom WeCom says nothing now is shown to nobody, and breaks no page', async () => {
  const { one, other } = await twoWithQuestion()
  // The copy of the other is old, and WeCom is away.
  await app.db
    .update(contacts)
    .set({ fetchedAt: new Date(0) })
    .where(eq(contacts.externalUserId, other.contact.externalUserId))
  expect((await questionsOf(one.contact, ofOne)).items).toEqual([])
  // Who follows both is looked up, and a doubt hides the question.
  expect((await questionsOf(one.contact, ofBoth)).items).toEqual([])
})
