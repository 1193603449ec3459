import * as v from 'valibot'
import { readCursor, writeCursor } from '../../base/db/cursor.ts'

/**
 * How far a stream has got. Everything that was visible in the snapshot `since` has been told. In
 * the middle of a long catch-up, changes that became visible until `until` have also been told, up
 * to the revision `after`. A snapshot names the transactions that were under way, so a late commit
 * is told exactly once.
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

/**
 * Checks what PostgreSQL checks: the oldest and the next transaction, and between them those under
 * way, ascending.
 */
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
