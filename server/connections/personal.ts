import { or, sql, type SQLWrapper } from 'drizzle-orm'
import type { Transaction } from '../base/db/database.ts'
import { onceValues } from '../base/db/tables.ts'
import { callbacks } from './tables.ts'

/**
 * Tickets, remembered questions to WeCom and kept pushes that name one of these ids or values. Both
 * tables are read as a whole, which an erasure can afford: single-use values live for minutes,
 * pushes for weeks. Returns how many pushes.
 */
export async function forgetMentions(tx: Transaction, words: readonly string[]): Promise<number> {
  if (words.length === 0) return 0
  const patterns = sql`${sql.param(words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`))}::text[]`
  const names = (text: SQLWrapper) => sql`${text}::text like any(${patterns})`
  await tx.delete(onceValues).where(or(names(onceValues.value), names(onceValues.payload)))
  const gone = await tx
    .delete(callbacks)
    .where(or(names(callbacks.message), names(callbacks.dedupeKey)))
    .returning({ id: callbacks.id })
  return gone.length
}
