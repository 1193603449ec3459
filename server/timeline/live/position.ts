import * as v from 'valibot'
import { readCursor, writeCursor } from '../../base/db/cursor.ts'

/**
 * Where a stream stands: everything that was visible in the snapshot `since` has been told. In the
 * middle of a long catch-up also: of what became visible until `until`, everything up to the
 * revision `after`. A snapshot names the transactions that were still under way, so what commits
 * late is told once, and once only.
 */
export interface Position {
  since: string
  until: string | null
  after: number
}

const number = '[1-9]\\d{0,18}'
const Snapshot = v.pipe(
  v.string(),
  v.regex(new RegExp(`^${number}:${number}:(${number}(,${number})*)?$`)),
  v.check(isSnapshot),
)
const PositionTuple = v.tuple([
  Snapshot,
  v.nullable(Snapshot),
  v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
])

/** As PostgreSQL checks it: the oldest, the next, and between them those under way, ascending. */
function isSnapshot(text: string): boolean {
  const [oldest = '', next = '', underWay = ''] = text.split(':')
  const numbers = [oldest, ...underWay.split(',').filter(Boolean)].map(BigInt)
  const ascending = numbers.every((value, index) => index < 2 || value > (numbers[index - 1] ?? 0n))
  return (
    ascending &&
    numbers.every(
      (value, index) => value >= (numbers[0] ?? 0n) && (index === 0 || value < BigInt(next)),
    ) &&
    BigInt(oldest) <= BigInt(next)
  )
}

export function positionAt(snapshot: string): Position {
  return { since: snapshot, until: null, after: 0 }
}

export function writePosition({ since, until, after }: Position): string {
  return writeCursor([since, until, after])
}

/** @throws Problem `invalid_request` */
export function readPosition(text: string, field: string): Position {
  const [since, until, after] = readCursor(PositionTuple, text, field)
  return { since, until, after }
}
