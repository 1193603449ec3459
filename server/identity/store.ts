import { and, arrayOverlaps, asc, desc, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm'
import type { Evidence, IdentityKind } from '../../shared/contract/contacts.ts'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { identities, merges, persons, regroupings } from './tables.ts'

export type IdentityRow = typeof identities.$inferSelect

/** The key of an identity within a corp. */
export interface IdentityKey {
  corpId: string
  kind: IdentityKind
  scope: string
  value: string
}

/** Why two persons were joined. */
export interface MergeEvidence {
  by: Exclude<Evidence, 'first_seen'>
  between: [identityId: string, identityId: string]
}

export type MergeRow = Omit<typeof merges.$inferSelect, 'evidence'> & { evidence: MergeEvidence }

export async function findIdentity(
  q: Queryable,
  { corpId, kind, scope, value }: IdentityKey,
): Promise<IdentityRow | undefined> {
  const [row] = await q
    .select()
    .from(identities)
    .where(
      and(
        eq(identities.corpId, corpId),
        eq(identities.kind, kind),
        eq(identities.scope, scope),
        eq(identities.value, value),
      ),
    )
  return row
}

export async function phonesAmong(
  q: Queryable,
  corpId: string,
  values: readonly string[],
): Promise<IdentityRow[]> {
  return q
    .select()
    .from(identities)
    .where(
      and(
        eq(identities.corpId, corpId),
        // As a text of the statement, so that the planner may use the partial index.
        sql`${identities.kind} = 'phone'`,
        inArray(identities.value, [...values]),
      ),
    )
}

export async function identityById(q: Queryable, id: string): Promise<IdentityRow | undefined> {
  const [row] = await q.select().from(identities).where(eq(identities.id, id))
  return row
}

/** Returns identities unmasked, in the order in which they were found. */
export async function identitiesOfPersons(
  q: Queryable,
  personIds: readonly string[],
): Promise<IdentityRow[]> {
  return q
    .select()
    .from(identities)
    .where(inArray(identities.personId, [...personIds]))
    .orderBy(asc(identities.createdAt), asc(identities.id))
}

/**
 * Returns all identities of the person to whom this one belongs, itself included, unmasked. Empty
 * when it was erased.
 */
export async function siblingsOf(q: Queryable, identityId: string): Promise<IdentityRow[]> {
  const own = await identityById(q, identityId)
  return own ? identitiesOfPersons(q, [own.personId]) : []
}

export async function identitiesByIds(
  q: Queryable,
  ids: readonly string[],
): Promise<Map<string, IdentityRow>> {
  if (ids.length === 0) return new Map()
  const rows = await q
    .select()
    .from(identities)
    .where(inArray(identities.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}

export async function personsByIds(
  q: Queryable,
  ids: readonly string[],
): Promise<{ id: string; createdAt: Date }[]> {
  return q
    .select({ id: persons.id, createdAt: persons.createdAt })
    .from(persons)
    .where(inArray(persons.id, [...ids]))
}

export async function insertPerson(
  tx: Transaction,
  person: typeof persons.$inferInsert,
): Promise<void> {
  await tx.insert(persons).values(person)
}

export async function deletePerson(tx: Transaction, id: string): Promise<void> {
  await tx.delete(persons).where(eq(persons.id, id))
}

/** Returns false when another transaction made the same identity first. */
export async function insertIdentity(tx: Transaction, row: IdentityRow): Promise<boolean> {
  const made = await tx
    .insert(identities)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: identities.id })
  return made.length > 0
}

/**
 * Locks persons in the order of ids, so that two merges of the same persons cannot wait for each
 * other.
 */
export async function lockPersons(
  tx: Transaction,
  ids: readonly string[],
): Promise<{ id: string; createdAt: Date }[]> {
  return tx
    .select({ id: persons.id, createdAt: persons.createdAt })
    .from(persons)
    .where(inArray(persons.id, [...ids]))
    .orderBy(asc(persons.id))
    .for('update')
}

export async function personExists(q: Queryable, corpId: string, id: string): Promise<boolean> {
  const rows = await q
    .select({ id: persons.id })
    .from(persons)
    .where(and(eq(persons.id, id), eq(persons.corpId, corpId)))
  return rows.length > 0
}

/** The caller holds the locks of both persons. */
export async function moveIdentities(
  tx: Transaction,
  { ids, to, joinedAt }: { ids: readonly string[]; to: string; joinedAt: Date },
): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(identities)
    .set({ personId: to, joinedAt })
    .where(inArray(identities.id, [...ids]))
}

export async function placeIdentity(
  tx: Transaction,
  id: string,
  { personId, joinedBy, joinedAt }: { personId: string; joinedBy: Evidence; joinedAt: Date },
): Promise<void> {
  await tx.update(identities).set({ personId, joinedBy, joinedAt }).where(eq(identities.id, id))
}

/**
 * Marks that identities of these persons came or went in this transaction. The live streams compare
 * the mark with their last look.
 */
export async function touchPersons(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(persons)
    .set({ txid: sql`pg_current_xact_id()` })
    .where(inArray(persons.id, [...ids]))
}

/**
 * Does the same, unless that transaction has marked the person already. Returns false in that case,
 * and when the person is gone.
 */
export async function touchUnlessIn(tx: Transaction, id: string, txid: string): Promise<boolean> {
  const touched = await tx
    .update(persons)
    .set({ txid: sql`pg_current_xact_id()` })
    .where(and(eq(persons.id, id), ne(persons.txid, txid)))
    .returning({ id: persons.id })
  return touched.length > 0
}

export type Regrouping = typeof regroupings.$inferSelect

/** `txid` is the current transaction. */
export async function insertRegrouping(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<void> {
  await tx.insert(regroupings).values({ identityIds: [...identityIds] })
}

/**
 * Returns the regroupings of these identities, or all; oldest first. The table is nearly always
 * empty.
 */
export async function regroupingsAbout(
  q: Queryable,
  identityIds: readonly string[] | null,
): Promise<Regrouping[]> {
  return q
    .select()
    .from(regroupings)
    .where(
      identityIds === null ? undefined : arrayOverlaps(regroupings.identityIds, [...identityIds]),
    )
    .orderBy(asc(regroupings.id))
}

export async function deleteRegrouping(q: Queryable, id: number): Promise<void> {
  await q.delete(regroupings).where(eq(regroupings.id, id))
}

export async function relabelIdentities(
  tx: Transaction,
  ids: readonly string[],
  joinedBy: Evidence,
): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(identities)
    .set({ joinedBy })
    .where(inArray(identities.id, [...ids]))
}

export async function insertMerge(
  tx: Transaction,
  row: typeof merges.$inferInsert & { evidence: MergeEvidence },
): Promise<void> {
  await tx.insert(merges).values(row)
}

export async function mergeById(
  q: Queryable,
  corpId: string,
  id: string,
): Promise<MergeRow | undefined> {
  const [row] = await q
    .select()
    .from(merges)
    .where(and(eq(merges.id, id), eq(merges.corpId, corpId)))
  return row && asMerge(row)
}

/** Returns the valid merges that made this person, including those of its parts, oldest first. */
export async function mergesBelow(q: Queryable, personId: string): Promise<MergeRow[]> {
  const found: MergeRow[] = []
  let persons = [personId]
  while (persons.length > 0) {
    const rows = await q
      .select()
      .from(merges)
      .where(and(inArray(merges.keptPersonId, persons), isNull(merges.undoneAt)))
    found.push(...rows.map(asMerge))
    persons = rows.map(({ mergedPersonId }) => mergedPersonId)
  }
  return found.sort(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1),
  )
}

/** Returns every merge that involved these persons, undone or not, newest first. */
export async function mergesOf(q: Queryable, personIds: readonly string[]): Promise<MergeRow[]> {
  const rows = await q
    .select()
    .from(merges)
    .where(
      or(
        inArray(merges.keptPersonId, [...personIds]),
        inArray(merges.mergedPersonId, [...personIds]),
      ),
    )
    .orderBy(desc(merges.createdAt), desc(merges.id))
    .limit(100)
  return rows.map(asMerge)
}

function asMerge(row: typeof merges.$inferSelect): MergeRow {
  // Only `insertMerge` writes the column.
  return { ...row, evidence: row.evidence as MergeEvidence }
}

export async function rewriteMerge(
  tx: Transaction,
  id: string,
  row: Pick<MergeRow, 'keptPersonId' | 'mergedPersonId' | 'identityIds'>,
): Promise<void> {
  await tx.update(merges).set(row).where(eq(merges.id, id))
}

export async function markUndone(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx.update(merges).set({ undoneAt: at }).where(eq(merges.id, id))
}

/** Returns the person into whom this one was merged last, or undefined when it stands alone. */
export async function keptAfterMerge(
  q: Queryable,
  mergedPersonId: string,
): Promise<string | undefined> {
  const [row] = await q
    .select({ id: merges.keptPersonId })
    .from(merges)
    .where(and(eq(merges.mergedPersonId, mergedPersonId), isNull(merges.undoneAt)))
    .orderBy(desc(merges.createdAt), desc(merges.id))
    .limit(1)
  return row?.id
}
