import { and, asc, count, eq, inArray, lt, lte, or } from 'drizzle-orm'
import type { Queryable, Transaction } from '../../base/db/database.ts'
import { callbacks } from '../tables.ts'

export type CallbackRow = typeof callbacks.$inferSelect

/** Returns false when the same push was stored before. */
export async function insertCallback(
  q: Queryable,
  row: typeof callbacks.$inferInsert,
): Promise<boolean> {
  const made = await q
    .insert(callbacks)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: callbacks.id })
  return made.length > 0
}

/**
 * Returns the next due push that nobody else is handling, and locks it. The lock belongs to the
 * transaction, so the end of a killed process releases it. The first try is always due, because the
 * clock of the process that received the push may be wrong.
 */
export async function takeDue(tx: Transaction, now: Date): Promise<CallbackRow | undefined> {
  const [row] = await tx
    .select()
    .from(callbacks)
    .where(
      and(
        eq(callbacks.state, 'waiting'),
        or(lte(callbacks.nextTryAt, now), eq(callbacks.tries, 0)),
      ),
    )
    .orderBy(asc(callbacks.nextTryAt), asc(callbacks.receivedAt))
    .limit(1)
    .for('update', { skipLocked: true })
  return row
}

export async function updateCallback(
  q: Queryable,
  id: string,
  changes: Partial<Omit<CallbackRow, 'id'>>,
): Promise<boolean> {
  const updated = await q
    .update(callbacks)
    .set(changes)
    .where(eq(callbacks.id, id))
    .returning({ id: callbacks.id })
  return updated.length > 0
}

export async function callbackCounts(q: Queryable): Promise<{ state: string; count: number }[]> {
  return q
    .select({ state: callbacks.state, count: count() })
    .from(callbacks)
    .groupBy(callbacks.state)
    .orderBy(asc(callbacks.state))
}

/** Oldest first, without their content. */
export async function failedCallbacks(
  q: Queryable,
  limit: number,
): Promise<Pick<CallbackRow, 'id' | 'event' | 'receivedAt' | 'tries' | 'error'>[]> {
  const { id, event, receivedAt, tries, error } = callbacks
  return q
    .select({ id, event, receivedAt, tries, error })
    .from(callbacks)
    .where(eq(callbacks.state, 'failed'))
    .orderBy(asc(receivedAt), asc(id))
    .limit(limit)
}

/**
 * Makes failed pushes, or one push in any state, wait as if they had just arrived. Returns how
 * many.
 */
export async function setWaiting(
  q: Queryable,
  which: 'failed' | { id: string },
  now: Date,
): Promise<number> {
  const { rowCount } = await q
    .update(callbacks)
    .set({ state: 'waiting', tries: 0, nextTryAt: now, handledAt: null, error: null })
    .where(which === 'failed' ? eq(callbacks.state, 'failed') : eq(callbacks.id, which.id))
  return rowCount ?? 0
}

/** Deletes some older pushes in these states. Returns how many. */
export async function deleteReceivedBefore(
  q: Queryable,
  before: Date,
  states: readonly string[],
  atMost: number,
): Promise<number> {
  const old = q
    .select({ id: callbacks.id })
    .from(callbacks)
    .where(and(lt(callbacks.receivedAt, before), inArray(callbacks.state, [...states])))
    .orderBy(asc(callbacks.receivedAt))
    .limit(atMost)
  const { rowCount } = await q.delete(callbacks).where(inArray(callbacks.id, old))
  return rowCount ?? 0
}
