import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import * as v from 'valibot'
import { Id, Timestamp } from '../../../shared/contract/values.ts'
import { fail } from '../problem.ts'

/** The position in a list: a time, and the id that breaks ties. */
export const TimePosition = v.tuple([Timestamp, Id])

/** Returns the opaque `next` of a list page, made of the sort key of its last row. */
export function writeCursor(position: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/**
 * Reads a cursor.
 * @throws Problem `invalid_request` when `writeCursor` did not make it for this list
 */
export function readCursor<const S extends v.GenericSchema>(
  schema: S,
  cursor: string,
  field = 'before',
): v.InferOutput<S> {
  let position: unknown
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    position = undefined
  }
  const parsed = v.safeParse(schema, position)
  if (!parsed.success)
    fail('invalid_request', undefined, {
      errors: [{ field, message: 'is not a cursor of this list' }],
    })
  return parsed.output
}

/** A position in a list that is ordered by a time and an id, newest first. */
export type Before = readonly [at: string, id: string] | undefined

/** Returns the SQL condition for rows behind that position, or undefined without a position. */
export function olderThan(at: SQLWrapper, id: SQLWrapper, before: Before): SQL | undefined {
  return before && sql`(${at}, ${id}) < (${before[0]}::timestamptz, ${before[1]}::uuid)`
}
