import { asc } from 'drizzle-orm'
import type { Queryable, Transaction } from '../../base/db/database.ts'
import { mentions } from '../../base/db/mentions.ts'
import { callbacks } from '../tables.ts'

/** Returns the stored pushes that contain one of these ids or values, oldest first. */
export async function personalPushes(q: Queryable, words: readonly string[]): Promise<object[]> {
  if (words.length === 0) return []
  return q
    .select()
    .from(callbacks)
    .where(mentions(words, callbacks.message, callbacks.dedupeKey))
    .orderBy(asc(callbacks.receivedAt), asc(callbacks.id))
}

/**
 * Deletes stored pushes that contain one of these ids or values. Returns how many. It reads the
 * whole table, which an erasure can afford: pushes live for weeks.
 */
export async function forgetPushes(tx: Transaction, words: readonly string[]): Promise<number> {
  if (words.length === 0) return 0
  const gone = await tx
    .delete(callbacks)
    .where(mentions(words, callbacks.message, callbacks.dedupeKey))
    .returning({ id: callbacks.id })
  return gone.length
}
