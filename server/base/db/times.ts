import pg from 'pg'

/**
 * Returns a time in PostgreSQL's text form, `2026-11-27 20:36:08.25+00`, as `Date.toISOString()`
 * writes it. Digits after the millisecond are cut off.
 */
export function isoOf(text: string): string {
  // Another zone, era or millennium takes the long way.
  if (text[10] !== ' ' || !text.endsWith('+00')) return parsed(text)
  const fraction = text.length === 22 ? '000' : text.slice(20, -3).padEnd(3, '0').slice(0, 3)
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`
}

function parsed(text: string): string {
  const time: unknown = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ)(text)
  return time instanceof Date ? time.toISOString() : text
}
