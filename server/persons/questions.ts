import type {
  Question,
  QuestionKind,
  QuestionReason,
  QuestionSide,
} from '../../shared/contract/identity.ts'
import type { Context } from '../base/context.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { maskedLabel } from '../base/masked.ts'
import { fail } from '../base/problem.ts'
import { contactName } from '../contacts/index.ts'
import {
  identitiesByIds,
  identitiesOfPersons,
  type IdentityRow,
  openQuestionsOf,
  questionById,
  type QuestionRow,
  settleQuestion,
} from '../identity/index.ts'
import { mayReadOneOf } from './may-read.ts'

/** Returns the open questions about a person. The person's own side comes first in each. */
export async function questionsAbout(ctx: Context, personId: string): Promise<Question[]> {
  const rows = await openQuestionsOf(ctx, personId)
  const sides = await sidesOf(ctx, rows)
  return rows.flatMap((row) => {
    const [one, other] = [sides.get(row.oneIdentityId), sides.get(row.otherIdentityId)]
    if (!one || !other) return []
    return one.personId === personId ? present(row, one, other) : present(row, other, one)
  })
}

/**
 * Answers a question, for a member who may read one of the two persons.
 * @throws Problem `question_unknown`, `contact_not_followed`, `question_answered` when it was
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
  const personIds = [...between.values()].map(({ personId }) => personId)
  await mayReadOneOf(ctx, { corpId, userId, personIds })
  const row = await settleQuestion(ctx, { corpId, questionId: id, said, by: userId })
  const sides = await sidesOf(ctx, [row])
  const [one, other] = [sides.get(asked.oneIdentityId), sides.get(asked.otherIdentityId)]
  if (!one || !other) fail('question_unknown')
  return present(row, one, other)
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
