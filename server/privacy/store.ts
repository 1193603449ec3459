import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import * as v from 'valibot'
import type { Queryable, Transaction } from '../base/db/database.ts'
import type { Counts } from '../domain.ts'
import { consents, erasures } from './tables.ts'

export type ConsentRow = typeof consents.$inferSelect

export async function insertConsent(tx: Transaction, row: ConsentRow): Promise<void> {
  await tx.insert(consents).values(row)
}

export async function latestConsent(
  q: Queryable,
  identityIds: readonly string[],
): Promise<ConsentRow | undefined> {
  const [row] = await q
    .select()
    .from(consents)
    .where(inArray(consents.identityId, [...identityIds]))
    .orderBy(desc(consents.at), desc(consents.id))
    .limit(1)
  return row
}

/** Oldest first. */
export async function consentsOf(
  q: Queryable,
  identityIds: readonly string[],
): Promise<ConsentRow[]> {
  return q
    .select()
    .from(consents)
    .where(inArray(consents.identityId, [...identityIds]))
    .orderBy(asc(consents.at), asc(consents.id))
}

export async function forgetConsents(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<number> {
  const gone = await tx
    .delete(consents)
    .where(inArray(consents.identityId, [...identityIds]))
    .returning({ id: consents.id })
  return gone.length
}

/** How many rows are gone, by kind. It grows while an erasure is under way. */
const StoredCounts = v.record(v.string(), v.number())

export interface Erasure {
  id: string
  corpId: string
  identityIds: string[]
  /** The transaction after which nobody can report as one of these identities. */
  closedBy: string
}

/** `closed_by` is the current transaction. */
export async function insertErasure(
  tx: Transaction,
  row: Pick<
    typeof erasures.$inferInsert,
    'id' | 'corpId' | 'personId' | 'identityIds' | 'requestedBy' | 'requestedAt'
  > & {
    counts: Counts
  },
): Promise<void> {
  await tx
    .insert(erasures)
    .values({ ...row, state: 'pending', closedBy: sql`pg_current_xact_id()::text` })
}

export async function pendingErasures(q: Queryable): Promise<Erasure[]> {
  return q
    .select({
      id: erasures.id,
      corpId: erasures.corpId,
      identityIds: erasures.identityIds,
      closedBy: erasures.closedBy,
    })
    .from(erasures)
    .where(eq(erasures.state, 'pending'))
    .orderBy(asc(erasures.requestedAt))
}

export async function pendingErasure(q: Queryable, id: string): Promise<Erasure | undefined> {
  return (await pendingErasures(q)).find((erasure) => erasure.id === id)
}

/**
 * Returns the counts so far, and lets nobody else work on the erasure until the transaction ends.
 * Returns undefined when it is done, or another process works on it.
 */
export async function lockErasure(tx: Transaction, id: string): Promise<Counts | undefined> {
  const [row] = await tx
    .select({ counts: erasures.counts })
    .from(erasures)
    .where(and(eq(erasures.id, id), eq(erasures.state, 'pending')))
    .for('update', { skipLocked: true })
  return row && v.parse(StoredCounts, row.counts ?? {})
}

export async function setCounts(tx: Transaction, id: string, counts: Counts): Promise<void> {
  await tx.update(erasures).set({ counts }).where(eq(erasures.id, id))
}

/** From now on the row says that a person was erased, and nothing about whom. */
export async function markErased(
  tx: Transaction,
  id: string,
  { counts, at }: { counts: Counts; at: Date },
): Promise<void> {
  await tx
    .update(erasures)
    .set({ state: 'done', doneAt: at, counts, identityIds: [] })
    .where(eq(erasures.id, id))
}

export async function isErased(q: Queryable, id: string): Promise<boolean> {
  const rows = await q
    .select({ id: erasures.id })
    .from(erasures)
    .where(and(eq(erasures.id, id), eq(erasures.state, 'done')))
  return rows.length > 0
}

/**
 * Whether everything that began before this transaction committed has ended. This includes writing
 * transactions: they have a number, and the snapshot's lower edge is the lowest one. It also
 * includes statements that saw the older database and have not written yet: they have no number,
 * but a lower edge of their own. The server's sessions share one role, which may see each other's.
 * Other roles are not expected to write here.
 */
export async function haveAllEndedSince(q: Queryable, transaction: string): Promise<boolean> {
  const { rows } = await q.execute<{ ended: boolean }>(sql`
    select pg_snapshot_xmin(pg_current_snapshot()) > ${transaction}::xid8 and not exists (
      select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and age(backend_xmin) >= age(${transaction}::xid8::xid)) as ended`)
  return rows[0]?.ended ?? false
}
