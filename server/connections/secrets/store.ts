import { desc, eq, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../../base/db/database.ts'
import { secretKeys } from '../tables.ts'

export type KeyRow = typeof secretKeys.$inferSelect

const firstKeyLock = 4_276_103

/** Newest first. */
export async function allKeys(q: Queryable): Promise<KeyRow[]> {
  return q.select().from(secretKeys).orderBy(desc(secretKeys.createdAt), desc(secretKeys.id))
}

export async function newestKey(q: Queryable): Promise<KeyRow | undefined> {
  const [row] = await q
    .select()
    .from(secretKeys)
    .orderBy(desc(secretKeys.createdAt), desc(secretKeys.id))
    .limit(1)
  return row
}

export async function keyById(q: Queryable, id: string): Promise<KeyRow | undefined> {
  const [row] = await q.select().from(secretKeys).where(eq(secretKeys.id, id))
  return row
}

/**
 * Locks the keys, so that two servers that start at once make one first key: the second waits and
 * finds it.
 */
export async function lockKeys(tx: Transaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${firstKeyLock})`)
}

export async function insertKey(tx: Transaction, row: KeyRow): Promise<void> {
  await tx.insert(secretKeys).values(row)
}

export async function rewrapKey(
  tx: Transaction,
  id: string,
  { wrapped, proof }: Pick<KeyRow, 'wrapped' | 'proof'>,
): Promise<void> {
  await tx.update(secretKeys).set({ wrapped, proof }).where(eq(secretKeys.id, id))
}

export async function deleteKey(tx: Transaction, id: string): Promise<void> {
  await tx.delete(secretKeys).where(eq(secretKeys.id, id))
}
