import { invalidParameter } from '../../platform/fields.ts'
import { Refusal, type Reply } from '../../platform/method.ts'

/** The part of a list that a cursor points at, and `next_cursor` for the rest: '' at the end. */
export function takePage<T>(
  items: T[],
  cursor: string | undefined,
  limit: number,
): { page: T[]; next: string } {
  const from = cursor ? readCursor(cursor) : 0
  const page = items.slice(from, from + limit)
  const next =
    from + page.length < items.length
      ? Buffer.from(`at ${from + page.length}`).toString('base64url')
      : ''
  return { page, next }
}

/** As most pages show it: left out at the end. */
export function nextCursor(next: string): Reply {
  return next === '' ? {} : { next_cursor: next }
}

function readCursor(cursor: string): number {
  const position = /^at (\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!position) throw new Refusal(...invalidParameter)
  return Number(position[1])
}
