import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'

/** A place in a list that is ordered by a time and an id, newest first. */
export type Before = readonly [at: string, id: string] | undefined

/** SQL: what comes behind that place; nothing to add without one. */
export function olderThan(at: SQLWrapper, id: SQLWrapper, before: Before): SQL | undefined {
  return before && sql`(${at}, ${id}) < (${before[0]}::timestamptz, ${before[1]}::uuid)`
}
