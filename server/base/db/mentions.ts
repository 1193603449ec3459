import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'

/**
 * SQL: one of the texts has one of these words somewhere in it. No index helps; for tables that are
 * small, or for an erasure, which can afford to read the whole table.
 */
export function mentions(words: readonly string[], ...texts: readonly SQLWrapper[]): SQL {
  const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
  const each = texts.map((text) => sql`${text}::text like any(${sql.param(patterns)}::text[])`)
  return sql`(${sql.join(each, sql` or `)})`
}
