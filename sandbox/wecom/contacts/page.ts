import { invalidParameter } from '../../platform/fields.ts'
import { Refusal } from '../../platform/method.ts'

/**
 * The part of a list that a cursor points at, and `next_cursor` for the rest. It is '' at the end,
 * as the pages have it (没有更多的数据则返回空), and not left out.
 */
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

function readCursor(cursor: string): number {
  const position = /^at (\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!position) throw new Refusal(...invalidParameter)
  return Number(position[1])
}
