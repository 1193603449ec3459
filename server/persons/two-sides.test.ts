import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { contacts } from '../contacts/tables.ts'
import { proveNumber } from '../identity/evidence/numbers.ts'
import { personOf } from '../identity/index.ts'
import { identityQuestions } from '../identity/tables.ts'
import { openEventStream, type TestStream } from '../testing/event-stream.ts'
import { makeVisitor, type TestContact } from '../testing/factories.ts'
import {
  aCustomer,
  expectNone,
  note,
  questionsOf,
  say,
  seenBy,
  submit,
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
describe('a rep who notes numbers to learn who has them', () => {
  test('gets the same answers for a number of nobody, of a visitor, and of a colleague’s customer', async () => {
    const own = await aCustomer(app, ['ZhouXiaolan'])
    const [theirs, second] = [await aCustomer(app, ['HanXue']), await aCustomer(app, ['HanXue'])]
    const stranger = await makeVisitor(app)
    await submit(app, stranger, {
      contactName: '匿名者',
      contactPhone: '13700000000',
      address: '某处',
    })
    const numbers = ['13822220000', '13822220001', '13822220002', '13822220003']
    const provers = [stranger, theirs.visitor, second.visitor]
    for (const [index, { identityId }] of provers.entries())
      await proveNumber(app.ctx, { corpId: app.corpId, identityId }, `86${numbers[index]}`)
    const stream = await openStream(own.contact, ofOne)
    const answers = new Set<string>()
    for (const number of numbers) {
      await note(app, own.contact, number, 'ZhouXiaolan')
      const seen = (await seenBy(app, ofOne, own)).replaceAll(number, 'the number')
      const ofTheClock = /"(fetchedAt|liveFrom|ongoing|presentForMs)":("[^"]*"|\w+)/g
      answers.add(seen.replaceAll(ofTheClock, ''))
      expectNone(seen, theirs)
      expect((await questionsOf(app, own.contact, ofOne)).items).toEqual([])
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
      say(app, id, answer, ofOne).then(
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
    const own = await aCustomer(app, ['ZhouXiaolan'])
    const other = await aCustomer(app, ['ZhouXiaolan'])
    const stranger = await makeVisitor(app)
    await proveNumber(app.ctx, { corpId: app.corpId, ...stranger }, '8613833330000')
    await note(app, own.contact, '13833330000', 'ZhouXiaolan')
    await note(app, other.contact, '13833330000', 'ZhouXiaolan')
    await readShare(app, stranger.as, own.share)
    expect((await questionsOf(app, own.contact, ofOne)).items).toMatchObject([
      { kind: 'noted_phone', other: { personId: stranger.personId, name: null } },
    ])
    // The visitor read nothing that was pushed to the other customer.
    expect((await questionsOf(app, other.contact, ofOne)).items).toEqual([])
  })
})

describe('a question over two customers', () => {
  test('is asked only to who follows both, with both names; the others get no answer at all', async () => {
    const { one, other, question } = await twoWithQuestion(app)
    for (const [as, theirs, strange] of [
      [ofOne, one, other],
      [ofOther, other, one],
    ] as const) {
      expect((await questionsOf(app, theirs.contact, as)).items).toEqual([])
      for (const answer of ['same', 'different'] as const)
        await expect(say(app, question, answer, as)).rejects.toMatchObject({
          code: 'question_unknown',
        })
      expectNone(await seenBy(app, as, theirs), strange)
    }
    expect((await questionsOf(app, one.contact, ofBoth)).items).toMatchObject([
      { id: question, one: { name: one.contact.name }, other: { name: other.contact.name } },
    ])
    expect(await personOf(app.ctx, other.contact.identityId)).toBe(other.contact.personId)
  })

  test('is gone for who no longer follows one of the two', async () => {
    const { one, other, question } = await twoWithQuestion(app)
    app.clock.advance(1)
    await app.db
      .update(contacts)
      .set({ follows: [], fetchedAt: app.clock.now() })
      .where(eq(contacts.externalUserId, other.contact.externalUserId))
    expect((await questionsOf(app, one.contact, ofBoth)).items).toEqual([])
    await expect(say(app, question, 'same', ofBoth)).rejects.toMatchObject({
      code: 'question_unknown',
    })
  })
})

test('a question about somebody of whom WeCom says nothing now is shown to nobody, and breaks no page', async () => {
  const { one, other } = await twoWithQuestion(app)
  // The copy of the other is old, and WeCom is away.
  await app.db
    .update(contacts)
    .set({ fetchedAt: new Date(0) })
    .where(eq(contacts.externalUserId, other.contact.externalUserId))
  expect((await questionsOf(app, one.contact, ofOne)).items).toEqual([])
  // Who follows both is looked up, and a doubt hides the question.
  expect((await questionsOf(app, one.contact, ofBoth)).items).toEqual([])
})
