import { and, asc, eq, lte } from 'drizzle-orm'
import type { Queryable, Transaction } from '../db/database.ts'
import { callbacks } from './tables.ts'

export type CallbackRow = typeof callbacks.$inferSelect

/** False when the same push was stored before. */
export async function insertCallback(q: Queryable, row: typeof callbacks.$inferInsert): Promise<boolean> {
  const made = await q.insert(callbacks).values(row).onConflictDoNothing().returning({ id: callbacks.id })
  return made.length > 0
}

/** The next one that is due and that nobody else is handling. The lock is the transaction's: a process that is killed lets go of it. */
export async function takeDue(tx: Transaction, now: Date): Promise<CallbackRow | undefined> {
  const [row] = await tx
    .select()
    .from(callbacks)
    .where(and(eq(callbacks.state, 'waiting'), lte(callbacks.nextTryAt, now)))
    .orderBy(asc(callbacks.nextTryAt), asc(callbacks.receivedAt))
    .limit(1)
    .for('update', { skipLocked: true })
  return row
}

export async function updateCallback(q: Queryable, id: string, changes: Partial<Omit<CallbackRow, 'id'>>): Promise<boolean> {
  const updated = await q.update(callbacks).set(changes).where(eq(callbacks.id, id)).returning({ id: callbacks.id })
  return updated.length > 0
}
