import type { Context } from '../../base/context.ts'
import type { Transaction } from '../../base/db/database.ts'
import { fail } from '../../base/problem.ts'
import { join, lockWithPersons, settling } from '../merge/merge.ts'
import { identitiesByIds, identitiesOfPersons } from '../store.ts'
import { note } from './evidence.ts'
import {
  areDifferent,
  lockQuestion,
  openQuestionsAbout,
  questionById,
  type QuestionRow,
  setAnswer,
} from './store.ts'

/**
 * Returns the open questions about a person, newest first. A question is settled when the two were
 * joined, or parted by another answer.
 */
export async function openQuestionsOf(ctx: Context, personId: string): Promise<QuestionRow[]> {
  const own = (await identitiesOfPersons(ctx.db, [personId])).map(({ id }) => id)
  const rows = await openQuestionsAbout(ctx.db, own)
  const identities = await identitiesByIds(
    ctx.db,
    rows.flatMap((row) => [row.oneIdentityId, row.otherIdentityId]),
  )
  const open: QuestionRow[] = []
  for (const row of rows) {
    const [one, other] = [identities.get(row.oneIdentityId), identities.get(row.otherIdentityId)]
    if (!one || !other || one.personId === other.personId) continue
    const stranger = one.personId === personId ? other.personId : one.personId
    const others = (await identitiesOfPersons(ctx.db, [stranger])).map(({ id }) => id)
    if (!(await areDifferent(ctx.db, own, others))) open.push(row)
  }
  return open
}

export interface Answer {
  corpId: string
  questionId: string
  said: 'same' | 'different'
  /** The user id of the member who answers. */
  by: string
}

/**
 * Answers a question. `same` joins the two in one transaction, whatever speaks against it;
 * `different` keeps them apart for good. Repeating an answer changes nothing.
 * @throws Problem `question_unknown`, `question_answered` when it was settled otherwise
 */
export async function settleQuestion(
  ctx: Context,
  { corpId, questionId, said, by }: Answer,
): Promise<QuestionRow> {
  await settling(ctx.db, async (tx) => {
    const question = await lockQuestion(tx, corpId, questionId)
    if (!question) fail('question_unknown')
    if (question.state === said) return
    if (question.state !== 'open') fail('question_answered')
    await settle(ctx, tx, question, said)
    const answeredAt = ctx.clock.now()
    await setAnswer(tx, questionId, { state: said, answeredAt, answeredBy: by })
  })
  return (await questionById(ctx.db, corpId, questionId)) ?? fail('question_unknown')
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
  // Other evidence has joined the two meanwhile. A member who disagrees undoes the merge.
  if (persons.length < 2) fail('question_answered')
  await note(ctx, tx, { corpId: question.corpId, pair, kind: 'by_hand' }, 'apart', {
    questionId: question.id,
  })
}
