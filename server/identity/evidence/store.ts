import { and, asc, desc, eq, inArray, or, sql } from 'drizzle-orm'
import type { Evidence } from '../../../shared/contract/contacts.ts'
import type { QuestionKind, QuestionReason } from '../../../shared/contract/identity.ts'
import type { Queryable, Transaction } from '../../base/db/database.ts'
import type { Attachment } from '../merge/replay.ts'
import { identityEvidence, identityQuestions } from '../tables.ts'

export type QuestionRow = typeof identityQuestions.$inferSelect
export type Pair = readonly [identityId: string, identityId: string]

export type EvidenceKind = Exclude<Evidence, 'first_seen'> | 'noted_phone'
/** `undone`: by a member. `withdrawn`: the number proved to be another account's of the app too. */
export type Outcome = 'joined' | 'same' | 'asked' | 'apart' | 'undone' | 'withdrawn'

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

/** Evidence between two identities that were one person already. */
export interface Repeated {
  pair: Pair
  kind: EvidenceKind
}

/**
 * Returns which of these identities came to their person through another one of them, and evidence
 * that repeats what is known. Oldest first.
 */
export async function tiesAmong(
  q: Queryable,
  identityIds: readonly string[],
): Promise<{ attachments: Attachment[]; repeated: Repeated[] }> {
  const rows = await q
    .select()
    .from(identityEvidence)
    .where(
      and(
        inArray(identityEvidence.oneIdentityId, [...identityIds]),
        inArray(identityEvidence.otherIdentityId, [...identityIds]),
        or(sql`detail ? 'attached'`, inArray(identityEvidence.outcome, ['same', 'withdrawn'])),
      ),
    )
    .orderBy(asc(identityEvidence.at), asc(identityEvidence.id))
  const attachments: Attachment[] = []
  const repeated = new Map<string, Repeated & { times: number }>()
  for (const { oneIdentityId, otherIdentityId, kind, outcome, detail, at } of rows) {
    // Only this file writes the log, in the shape of EvidenceRow.
    const { attached, mergeId } = detail as EvidenceRow['detail']
    if (attached !== undefined) {
      const ownerId = attached === oneIdentityId ? otherIdentityId : oneIdentityId
      attachments.push({ identityId: attached, ownerId, kind: kind as Evidence, at })
    } else if (kind !== 'by_hand' && kind !== 'noted_phone' && mergeId === undefined) {
      const key = `${oneIdentityId} ${otherIdentityId} ${kind}`
      const pair: Pair = [oneIdentityId, otherIdentityId]
      const known = repeated.get(key) ?? { pair, kind: kind as EvidenceKind, times: 0 }
      known.times += outcome === 'same' ? 1 : -1
      repeated.set(key, known)
    }
  }
  return { attachments, repeated: [...repeated.values()].filter(({ times }) => times > 0) }
}

/** An account (an openid) that proved a number. */
export interface Proof {
  account: string
  number: string
}

const provedWith = (id: string) =>
  sql.raw(`(
  select other_identity_id as id from identity_evidence
  where one_identity_id = ${id} and kind = 'verified_phone'
  union select one_identity_id from identity_evidence
  where other_identity_id = ${id} and kind = 'verified_phone')`)

/** Returns who proved one of these numbers, as `identities` holds them. */
export async function proofsOfNumbers(
  q: Queryable,
  corpId: string,
  numbers: readonly string[],
): Promise<Proof[]> {
  const { rows } = await q.execute<Proof & Record<string, unknown>>(sql`
    select distinct account.id as account, number.value as number from identities as number
      cross join lateral ${provedWith('number.id')} as proof
      join identities as account on account.id = proof.id and account.kind = 'openid'
    where number.corp_id = ${corpId} and number.kind = 'phone'
      and number.value = any(${sql.param([...numbers])})
    order by account, number`)
  return rows
}

/** Returns which numbers these accounts proved. Other identities among them proved none. */
export async function proofsOfAccounts(
  q: Queryable,
  identityIds: readonly string[],
): Promise<Proof[]> {
  const { rows } = await q.execute<Proof & Record<string, unknown>>(sql`
    select distinct account.id as account, number.value as number from identities as account
      cross join lateral ${provedWith('account.id')} as proof
      join identities as number on number.id = proof.id and number.kind = 'phone'
    where account.id = any(${sql.param([...identityIds])}::uuid[]) and account.kind = 'openid'
    order by account, number`)
  return rows
}

/** Returns one account of each number that several accounts proved. */
export async function accountsOfSharedNumbers(q: Queryable): Promise<string[]> {
  const { rows } = await q.execute<{ account: string }>(sql`
    select min(account.id::text) as account from identities as number
      cross join lateral ${provedWith('number.id')} as proof
      join identities as account on account.id = proof.id and account.kind = 'openid'
    where number.kind = 'phone'
    group by number.corp_id, number.value having count(distinct account.id) > 1`)
  return rows.map(({ account }) => account)
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
