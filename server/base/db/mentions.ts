import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'

/**
 * Returns an SQL condition: one of the texts contains one of these words. No index helps, so it
 * suits small tables, and erasures, which may read a whole table.
 */
export function mentions(words: readonly string[], ...texts: readonly SQLWrapper[]): SQL {
  const patterns = words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
  const each = texts.map((text) => sql`${text}::text like any(${sql.param(patterns)}::text[])`)
  return sql`(${sql.join(each, sql` or `)})`
}
