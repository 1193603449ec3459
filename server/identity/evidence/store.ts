import { and, asc, desc, eq, inArray, or, sql } from 'drizzle-orm'
import type { Evidence } from '../../../shared/contract/contacts.ts'
import type { QuestionKind, QuestionReason } from '../../../shared/contract/identity.ts'
import type { Queryable, Transaction } from '../../base/db/database.ts'
import type { Attachment } from '../merge/replay.ts'
import { identityEvidence, identityQuestions } from '../tables.ts'

export type QuestionRow = typeof identityQuestions.$inferSelect
export type Pair = readonly [identityId: string, identityId: string]

export type EvidenceKind = Exclude<Evidence, 'first_seen'> | 'noted_phone'
export type Outcome = 'joined' | 'same' | 'asked' | 'apart' | 'undone'

export interface EvidenceRow {
  id: string
  corpId: string
  pair: Pair
  kind: EvidenceKind
  outcome: Outcome
  detail: { attached?: string; mergeId?: string; questionId?: string }
  at: Date
}

function ordered([one, other]: Pair): { oneIdentityId: string; otherIdentityId: string } {
  return one < other
    ? { oneIdentityId: one, otherIdentityId: other }
    : { oneIdentityId: other, otherIdentityId: one }
}

export async function insertEvidence(
  tx: Transaction,
  { pair, ...row }: EvidenceRow,
): Promise<void> {
  await tx.insert(identityEvidence).values({ ...row, ...ordered(pair) })
}

/** Returns the logged outcomes for this pair and kind. */
export async function outcomesOf(
  q: Queryable,
  pair: Pair,
  kind: EvidenceKind,
): Promise<Set<string>> {
  const { oneIdentityId, otherIdentityId } = ordered(pair)
  const rows = await q
    .selectDistinct({ outcome: identityEvidence.outcome })
    .from(identityEvidence)
    .where(
      and(
        eq(identityEvidence.oneIdentityId, oneIdentityId),
        eq(identityEvidence.otherIdentityId, otherIdentityId),
        eq(identityEvidence.kind, kind),
      ),
    )
  return new Set(rows.map(({ outcome }) => outcome))
}

/** Returns which of these identities came to their person through another one of them. */
export async function attachmentsAmong(
  q: Queryable,
  identityIds: readonly string[],
): Promise<Attachment[]> {
  const rows = await q
    .select()
    .from(identityEvidence)
    .where(
      and(
        inArray(identityEvidence.oneIdentityId, [...identityIds]),
        inArray(identityEvidence.otherIdentityId, [...identityIds]),
        sql`detail ? 'attached'`,
      ),
    )
  return rows.map(({ oneIdentityId, otherIdentityId, kind, detail, at }) => {
    // Only this file writes the log, in the shape of EvidenceRow.
    const { attached } = detail as EvidenceRow['detail']
    const identityId = attached === oneIdentityId ? oneIdentityId : otherIdentityId
    return {
      identityId,
      ownerId: identityId === oneIdentityId ? otherIdentityId : oneIdentityId,
      kind: kind as Evidence,
      at,
    }
  })
}

/** Whether a member has undone a merge between an identity of one side and one of the other. */
export async function haveBeenUndone(
  q: Queryable,
  left: readonly string[],
  right: readonly string[],
): Promise<boolean> {
  const rows = await q
    .select({ id: identityEvidence.id })
    .from(identityEvidence)
    .where(and(eq(identityEvidence.outcome, 'undone'), across(identityEvidence, left, right)))
    .limit(1)
  return rows.length > 0
}

/**
 * Whether a member has answered that an identity of one side and one of the other are different
 * people.
 */
export async function areDifferent(
  q: Queryable,
  left: readonly string[],
  right: readonly string[],
): Promise<boolean> {
  const rows = await q
    .select({ id: identityQuestions.id })
    .from(identityQuestions)
    .where(and(eq(identityQuestions.state, 'different'), across(identityQuestions, left, right)))
    .limit(1)
  return rows.length > 0
}

function across(
  table: typeof identityEvidence | typeof identityQuestions,
  left: readonly string[],
  right: readonly string[],
) {
  return or(
    and(inArray(table.oneIdentityId, [...left]), inArray(table.otherIdentityId, [...right])),
    and(inArray(table.oneIdentityId, [...right]), inArray(table.otherIdentityId, [...left])),
  )
}

/** Returns false when the same question was asked before, with any answer. */
export async function insertQuestion(
  tx: Transaction,
  {
    pair,
    ...row
  }: {
    id: string
    corpId: string
    pair: Pair
    kind: QuestionKind
    reason: QuestionReason
    askedAt: Date
  },
): Promise<boolean> {
  const made = await tx
    .insert(identityQuestions)
    .values({ ...row, ...ordered(pair), state: 'open', answeredAt: null, answeredBy: null })
    .onConflictDoNothing()
    .returning({ id: identityQuestions.id })
  return made.length > 0
}

export async function questionByPair(
  q: Queryable,
  pair: Pair,
  kind: QuestionKind,
): Promise<QuestionRow | undefined> {
  const { oneIdentityId, otherIdentityId } = ordered(pair)
  const [row] = await q
    .select()
    .from(identityQuestions)
    .where(
      and(
        eq(identityQuestions.oneIdentityId, oneIdentityId),
        eq(identityQuestions.otherIdentityId, otherIdentityId),
        eq(identityQuestions.kind, kind),
      ),
    )
  return row
}

export async function questionById(
  q: Queryable,
  corpId: string,
  id: string,
): Promise<QuestionRow | undefined> {
  const [row] = await q
    .select()
    .from(identityQuestions)
    .where(and(eq(identityQuestions.id, id), eq(identityQuestions.corpId, corpId)))
  return row
}

/** Locks the question, so that only the caller's transaction may answer it. */
export async function lockQuestion(
  tx: Transaction,
  corpId: string,
  id: string,
): Promise<QuestionRow | undefined> {
  const [row] = await tx
    .select()
    .from(identityQuestions)
    .where(and(eq(identityQuestions.id, id), eq(identityQuestions.corpId, corpId)))
    .for('update')
  return row
}

export async function setAnswer(
  tx: Transaction,
  id: string,
  answer: { state: 'same' | 'different'; answeredAt: Date; answeredBy: string },
): Promise<void> {
  await tx.update(identityQuestions).set(answer).where(eq(identityQuestions.id, id))
}

/** Newest first. A person has few. */
export async function openQuestionsAbout(
  q: Queryable,
  identityIds: readonly string[],
): Promise<QuestionRow[]> {
  const ids = [...identityIds]
  return q
    .select()
    .from(identityQuestions)
    .where(
      and(
        eq(identityQuestions.state, 'open'),
        or(
          inArray(identityQuestions.oneIdentityId, ids),
          inArray(identityQuestions.otherIdentityId, ids),
        ),
      ),
    )
    .orderBy(desc(identityQuestions.askedAt), asc(identityQuestions.id))
    .limit(100)
}
