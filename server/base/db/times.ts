import pg from 'pg'

/**
 * A time in PostgreSQL's own text, `2026-11-27 20:36:08.25+00`, as `Date.toISOString()` has it;
 * what is finer than a millisecond is cut off.
 */
export function isoOf(text: string): string {
  // In another zone, era or millennium than usual: the long way.
  if (text[10] !== ' ' || !text.endsWith('+00')) return parsed(text)
  const fraction = text.length === 22 ? '000' : text.slice(20, -3).padEnd(3, '0').slice(0, 3)
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`
}

function parsed(text: string): string {
  const time: unknown = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)(text)
  return time instanceof Date ? time.toISOString() : text
}
