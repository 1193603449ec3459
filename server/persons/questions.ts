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
  openQuestionsOf,
  questionById,
  type QuestionRow,
  settleQuestion,
} from '../identity/index.ts'
import type { Readable } from './may-read.ts'
import { settleableBetween, type Side } from './may-settle.ts'

/**
 * Returns the open questions about what the member may read of a person. The person's own side
 * comes first in each. A question about somebody whom the member may not know does not exist.
 */
export async function questionsAbout(
  ctx: Context,
  member: MemberSubject,
  { personId, identityIds }: Readable,
): Promise<Question[]> {
  const questions: Question[] = []
  for (const row of await openQuestionsOf(ctx, personId)) {
    const sides = await settledSides(ctx, member, row)
    const isAboutOwn = [row.oneIdentityId, row.otherIdentityId].some((id) =>
      identityIds.includes(id),
    )
    if (!sides || !isAboutOwn) continue
    const [one, other] = sides
    questions.push(one.personId === personId ? present(row, one, other) : present(row, other, one))
  }
  return questions
}

/**
 * Answers a question, for a member who may settle it.
 * @throws Problem `question_unknown`, `question_answered` when it was settled otherwise
 */
export async function answer(
  ctx: Context,
  member: MemberSubject,
  id: string,
  said: 'same' | 'different',
): Promise<Question> {
  const { corpId, userId } = member
  const asked = await questionById(ctx.db, corpId, id)
  // The same words for a missing one: whether it exists tells who has which number.
  if (!asked || !(await settledSides(ctx, member, asked))) fail('question_unknown')
  const row = await settleQuestion(ctx, { corpId, questionId: id, said, by: userId })
  const sides = await settledSides(ctx, member, row)
  if (!sides) fail('question_unknown')
  return present(row, ...sides)
}

/** Returns both sides of a question, or null when the member may not know of it. */
async function settledSides(
  ctx: Context,
  member: MemberSubject,
  { oneIdentityId, otherIdentityId, kind }: QuestionRow,
): Promise<[QuestionSide, QuestionSide] | null> {
  const sides = await settleableBetween(ctx, member, {
    between: [oneIdentityId, otherIdentityId],
    isMembersWord: kind === 'noted_phone',
  })
  return sides && [await sideOf(ctx, sides[0]), await sideOf(ctx, sides[1])]
}

async function sideOf(ctx: Context, { identity, contact }: Side): Promise<QuestionSide> {
  const { id, corpId, personId, kind, value, createdAt } = identity
  return {
    identityId: id,
    personId,
    // The column is text; only this folder writes it.
    kind: kind as QuestionSide['kind'],
    label: maskedLabel(kind, value),
    firstSeenAt: createdAt.toISOString(),
    name: contact === null ? null : await contactName(ctx, { corpId, externalUserId: contact }),
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
