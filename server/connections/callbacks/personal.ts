import type { Transaction } from '../../base/db/database.ts'
import { mentions } from '../../base/db/mentions.ts'
import { callbacks } from '../tables.ts'

/**
 * Kept pushes that name one of these ids or values. The table is read as a whole, which an erasure
 * can afford: pushes live for weeks. Returns how many.
 */
export async function forgetPushes(tx: Transaction, words: readonly string[]): Promise<number> {
  if (words.length === 0) return 0
  const gone = await tx
    .delete(callbacks)
    .where(mentions(words, callbacks.message, callbacks.dedupeKey))
    .returning({ id: callbacks.id })
  return gone.length
}
