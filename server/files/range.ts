import type { ByteRange } from './file-store.ts'

/**
 * Returns the one range that a `Range` header asks for (RFC 9110 §14.2); a video player seeks with
 * it. Returns `whole` when there is none, or one that we may ignore (several ranges, another unit,
 * bad syntax). Returns `unsatisfiable` when the range begins behind the end.
 */
export function parseRange(
  header: string | undefined,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  const [, first, last] = match ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'whole'
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return 'whole'
  return start >= size ? 'unsatisfiable' : { start, end }
}
