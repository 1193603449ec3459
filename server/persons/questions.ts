import type {
  Question,
  QuestionKind,
  QuestionReason,
  QuestionSide,
} from '../../shared/contract/identity.ts'
import { contactName } from '../contacts/index.ts'
import type { Context } from '../base/context.ts'
import type { Transaction } from '../base/db/database.ts'
import { fail } from '../base/problem.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { mayReadOneOf } from './may-read.ts'
import {
  areDifferent,
  lockQuestion,
  openQuestionsAbout,
  questionById,
  setAnswer,
  type QuestionRow,
} from '../identity/evidence/store.ts'
import { note } from '../identity/evidence/evidence.ts'
import { maskedLabel } from '../identity/label.ts'
import { join, lockWithPersons, settling } from '../identity/merge/merge.ts'
import { identitiesByIds, identitiesOfPersons, type IdentityRow } from '../identity/store.ts'

/**
 * The open questions about a person. One that was settled otherwise (the two were joined, or parted
 * in another question) is not open any more.
 */
export async function questionsAbout(ctx: Context, personId: string): Promise<Question[]> {
  const own = await identitiesOfPersons(ctx.db, [personId])
  const ids = own.map(({ id }) => id)
  const rows = await openQuestionsAbout(ctx.db, ids)
  const sides = await sidesOf(ctx, rows)
  const open: Question[] = []
  for (const row of rows) {
    const [one, other] = ids.includes(row.oneIdentityId)
      ? [sides.get(row.oneIdentityId), sides.get(row.otherIdentityId)]
      : [sides.get(row.otherIdentityId), sides.get(row.oneIdentityId)]
    if (!one || !other || one.personId === other.personId) continue
    const others = (await identitiesOfPersons(ctx.db, [other.personId])).map(({ id }) => id)
    if (await areDifferent(ctx.db, ids, others)) continue
    open.push(present(row, one, other))
  }
  return open
}

/**
 * `same` joins the two in one transaction, over whatever speaks against it; `different` keeps them
 * apart for good.
 * @throws Problem `question_unknown`, `contact_not_followed`, `question_answered` when it has been
 * settled otherwise
 */
export async function answer(
  ctx: Context,
  { corpId, userId }: MemberSubject,
  id: string,
  said: 'same' | 'different',
): Promise<Question> {
  const asked = await questionById(ctx.db, corpId, id)
  if (!asked) fail('question_unknown')
  const between = await identitiesByIds(ctx.db, [asked.oneIdentityId, asked.otherIdentityId])
  if (between.size < 2) fail('question_unknown')
  await mayReadOneOf(ctx, {
    corpId,
    userId,
    personIds: [...between.values()].map(({ personId }) => personId),
  })
  await settling(ctx.db, async (tx) => {
    const question = await lockQuestion(tx, corpId, id)
    if (!question) fail('question_unknown')
    if (question.state === said) return
    if (question.state !== 'open') fail('question_answered')
    await settle(ctx, tx, question, said)
    await setAnswer(tx, id, { state: said, answeredAt: ctx.clock.now(), answeredBy: userId })
  })
  const row = await questionById(ctx.db, corpId, id)
  const sides = row && (await sidesOf(ctx, [row]))
  const [one, other] = [sides?.get(asked.oneIdentityId), sides?.get(asked.otherIdentityId)]
  if (!row || !one || !other) fail('question_unknown')
  return present(row, one, other)
}

async function settle(
  ctx: Context,
  tx: Transaction,
  question: QuestionRow,
  said: 'same' | 'different',
): Promise<void> {
  const pair: [string, string] = [question.oneIdentityId, question.otherIdentityId]
  if (said === 'same') {
    await join(ctx, tx, pair, 'by_hand')
    return
  }
  const { persons } = await lockWithPersons(tx, pair)
  // Other evidence has joined them meanwhile: whoever thinks that wrong takes that merge back.
  if (persons.length < 2) fail('question_answered')
  await note(ctx, tx, { corpId: question.corpId, pair, kind: 'by_hand' }, 'apart', {
    questionId: question.id,
  })
}

async function sidesOf(
  ctx: Context,
  rows: readonly QuestionRow[],
): Promise<Map<string, QuestionSide>> {
  const identities = await identitiesByIds(
    ctx.db,
    rows.flatMap((row) => [row.oneIdentityId, row.otherIdentityId]),
  )
  const sides = new Map<string, QuestionSide>()
  for (const [id, row] of identities) sides.set(id, await sideOf(ctx, row))
  return sides
}

async function sideOf(
  ctx: Context,
  { id, corpId, personId, kind, value, createdAt }: IdentityRow,
): Promise<QuestionSide> {
  const contact = (await identitiesOfPersons(ctx.db, [personId])).find(
    (row) => row.kind === 'external_userid',
  )
  return {
    identityId: id,
    personId,
    // The column is text; only this folder writes it.
    kind: kind as QuestionSide['kind'],
    label: maskedLabel(kind, value),
    firstSeenAt: createdAt.toISOString(),
    name: contact ? await contactName(ctx, { corpId, externalUserId: contact.value }) : null,
  }
}

function present(
  { id, kind, reason, state, askedAt, answeredAt }: QuestionRow,
  one: QuestionSide,
  other: QuestionSide,
): Question {
  return {
    id,
    // Only `ask` writes the row, from these unions.
    kind: kind as QuestionKind,
    reason: reason as QuestionReason,
    state: state as Question['state'],
    askedAt: askedAt.toISOString(),
    answeredAt: answeredAt?.toISOString() ?? null,
    one,
    other,
  }
}
