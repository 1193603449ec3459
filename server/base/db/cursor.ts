import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import * as v from 'valibot'
import { Id, Timestamp } from '../../../shared/contract/values.ts'
import { fail } from '../problem.ts'

/** The usual keyset position: a time and the id that breaks ties. */
export const TimePosition = v.tuple([Timestamp, Id])

/** Makes the opaque `next` of a list page from the last row's sort key. */
export function writeCursor(position: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/**
 * @throws Problem `invalid_request` when the cursor is not one that `writeCursor` made for this
 * list.
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

/** A place in a list that is ordered by a time and an id, newest first. */
export type Before = readonly [at: string, id: string] | undefined

/** SQL: what comes behind that place; nothing to add without one. */
export function olderThan(at: SQLWrapper, id: SQLWrapper, before: Before): SQL | undefined {
  return before && sql`(${at}, ${id}) < (${before[0]}::timestamptz, ${before[1]}::uuid)`
}
