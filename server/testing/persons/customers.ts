import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { getContact } from '../../../shared/contract/contacts.ts'
import { answerQuestion, listMerges, listQuestions } from '../../../shared/contract/identity.ts'
import { exportPersonalData, getPrivacy } from '../../../shared/contract/privacy.ts'
import { forwardTree } from '../../../shared/contract/statistics.ts'
import { listMoments } from '../../../shared/contract/timeline.ts'
import {
  getWorkorder,
  listWorkorders,
  submitWorkorder,
} from '../../../shared/contract/workorders.ts'
import { saveContact } from '../../contacts/store.ts'
import { contacts } from '../../contacts/tables.ts'
import { proveNumber } from '../../identity/evidence/numbers.ts'
import { personOf } from '../../identity/index.ts'
import { identityQuestions } from '../../identity/tables.ts'
import type { TestStream } from '../event-stream.ts'
import {
  makeContact,
  makeShare,
  makeVisitor,
  type TestContact,
  type TestVisitor,
} from '../factories.ts'
import type { As, TestApp } from '../test-app.ts'
import { readShare, uploadPhoto } from './whole-person.ts'

let made = 0
export interface Customer {
  unionid: string
  contact: TestContact
  visitor: TestVisitor
  share: string
  order: string
  photo: string
  /** Texts that only followers may see, and the customer. */
  secrets: string[]
}

export async function aCustomer(app: TestApp, followers: string[]): Promise<Customer> {
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
  const order = await submit(
    app,
    visitor,
    { contactName: name, contactPhone: phone, address: street },
    [photo],
  )
  return {
    unionid,
    contact,
    visitor,
    share,
    order,
    photo,
    secrets: [name, phone, street, visitor.openid],
  }
}
export async function submit(
  app: TestApp,
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
export async function twoWithQuestion(
  app: TestApp,
): Promise<{ one: Customer; other: Customer; question: string }> {
  const [one, other] = [
    await aCustomer(app, ['ZhouXiaolan', 'LuWei']),
    await aCustomer(app, ['HanXue', 'LuWei']),
  ]
  const number = `138111${String(10000 + made)}`
  await proveNumber(app.ctx, { corpId: app.corpId, ...other.visitor }, `86${number}`)
  await note(app, one.contact, number, 'ZhouXiaolan')
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
export async function note(
  app: TestApp,
  contact: TestContact,
  number: string,
  by: string,
): Promise<void> {
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

export function questionsOf(app: TestApp, { personId }: TestContact, as: As) {
  return app.call(listQuestions, { params: { id: personId } }, as)
}
export function mergesOf(app: TestApp, { personId }: TestContact, as: As) {
  return app.call(listMerges, { params: { id: personId } }, as)
}
export function say(app: TestApp, id: string, answer: 'same' | 'different', as: As) {
  return app.call(answerQuestion, { params: { id }, body: { answer } }, as)
}
export function textOf({ events }: TestStream): string {
  return JSON.stringify(events.filter(({ event }) => event === 'moment'))
}

/** Everything that a member is shown of a contact, as one text. */
export async function seenBy(app: TestApp, as: As, { contact, share }: Customer): Promise<string> {
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
export async function ownView(app: TestApp, { as }: TestVisitor): Promise<string> {
  const { items } = await app.call(listWorkorders, { query: {} }, as)
  const orders = []
  for (const { id } of items) orders.push(await app.call(getWorkorder, { params: { id } }, as))
  const exported = await app.fetch(exportPersonalData.path, {}, as)
  return JSON.stringify([orders, await app.call(getPrivacy, {}, as), await exported.text()])
}

export function expectNone(text: string, { secrets }: Customer): void {
  for (const secret of secrets) expect(text).not.toContain(secret)
}
