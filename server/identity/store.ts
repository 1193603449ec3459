import { and, asc, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { Evidence, IdentityKind } from '../../shared/contract/contacts.ts'
import type { Queryable, Transaction } from '../db/database.ts'
import { identities, merges, persons } from './tables.ts'

export type IdentityRow = typeof identities.$inferSelect
export type MergeRow = typeof merges.$inferSelect

/** What makes an identity one and the same within a corp. */
export interface IdentityKey {
  corpId: string
  kind: IdentityKind
  scope: string
  value: string
}

/** Why two persons were joined, and which identities stopped being the first of their person by it: an undo gives them that back. */
export interface MergeEvidence {
  by: Evidence
  between: [identityId: string, identityId: string]
  relabelled: string[]
}

export async function findIdentity(q: Queryable, { corpId, kind, scope, value }: IdentityKey): Promise<IdentityRow | undefined> {
  const [row] = await q
    .select()
    .from(identities)
    .where(and(eq(identities.corpId, corpId), eq(identities.kind, kind), eq(identities.scope, scope), eq(identities.value, value)))
  return row
}

export async function identityById(q: Queryable, id: string): Promise<IdentityRow | undefined> {
  const [row] = await q.select().from(identities).where(eq(identities.id, id))
  return row
}

export async function identitiesOfPersons(q: Queryable, personIds: readonly string[]): Promise<IdentityRow[]> {
  return q
    .select()
    .from(identities)
    .where(inArray(identities.personId, [...personIds]))
    .orderBy(asc(identities.createdAt), asc(identities.id))
}

export async function insertPerson(tx: Transaction, person: typeof persons.$inferInsert): Promise<void> {
  await tx.insert(persons).values(person)
}

export async function deletePerson(tx: Transaction, id: string): Promise<void> {
  await tx.delete(persons).where(eq(persons.id, id))
}

/** False when another transaction made the same identity first. */
export async function insertIdentity(tx: Transaction, row: IdentityRow): Promise<boolean> {
  const made = await tx.insert(identities).values(row).onConflictDoNothing().returning({ id: identities.id })
  return made.length > 0
}

/** In id order, so that two merges that want the same persons cannot wait for each other. */
export async function lockPersons(tx: Transaction, ids: readonly string[]): Promise<{ id: string; createdAt: Date }[]> {
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

/** Moves identities between persons; only those that still belong to `from`. */
export async function moveIdentities(
  tx: Transaction,
  { ids, from, to, joinedAt }: { ids: readonly string[]; from: string; to: string; joinedAt: Date },
): Promise<string[]> {
  if (ids.length === 0) return []
  const moved = await tx
    .update(identities)
    .set({ personId: to, joinedAt })
    .where(and(inArray(identities.id, [...ids]), eq(identities.personId, from)))
    .returning({ id: identities.id })
  return moved.map(({ id }) => id)
}

export async function relabelIdentities(tx: Transaction, ids: readonly string[], joinedBy: Evidence): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(identities)
    .set({ joinedBy })
    .where(inArray(identities.id, [...ids]))
}

export async function insertMerge(tx: Transaction, row: typeof merges.$inferInsert & { evidence: MergeEvidence }): Promise<void> {
  await tx.insert(merges).values(row)
}

export async function lockMerge(tx: Transaction, corpId: string, id: string): Promise<MergeRow | undefined> {
  const [row] = await tx
    .select()
    .from(merges)
    .where(and(eq(merges.id, id), eq(merges.corpId, corpId)))
    .for('update')
  return row
}

export async function markUndone(tx: Transaction, id: string, at: Date): Promise<void> {
  await tx.update(merges).set({ undoneAt: at }).where(eq(merges.id, id))
}

/** A person said these two are not the same human: the same evidence must not join them again by itself. */
export async function wereParted(q: Queryable, [one, other]: readonly [string, string]): Promise<boolean> {
  const rows = await q
    .select({ id: merges.id })
    .from(merges)
    .where(and(inArray(merges.keptPersonId, [one, other]), inArray(merges.mergedPersonId, [one, other]), isNotNull(merges.undoneAt)))
    .limit(1)
  return rows.length > 0
}

/** The person into whom this one was merged last; undefined when it stands alone. */
export async function keptAfterMerge(q: Queryable, mergedPersonId: string): Promise<string | undefined> {
  const [row] = await q
    .select({ id: merges.keptPersonId })
    .from(merges)
    .where(and(eq(merges.mergedPersonId, mergedPersonId), isNull(merges.undoneAt)))
    .orderBy(desc(merges.createdAt), desc(merges.id))
    .limit(1)
  return row?.id
}
