/** Names whose values open doors. */
const secret = /secret|token|ticket|session_key|aes_?key|password|permanent_code|(?<!qr_|err)code$/i
const deepest = 8
/** A list of 10,000 contacts, kept for each of 2,000 calls, would fill the memory. */
const mostItems = 500

/**
 * Secrets and tokens are cut at every depth, so that a screen of calls can be shown to anyone; so
 * are long lists.
 */
export function shortened<T extends Record<string, unknown>>(values: T): T {
  return shortenedObject(values, 0) as T
}

function shortenedObject(values: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    copy[name] =
      typeof value === 'string' && value.length > 8 && secret.test(name)
        ? `${value.slice(0, 6)}…`
        : shortenedValue(value, depth)
  }
  return copy
}

function shortenedValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return '…'
  if (Array.isArray(value)) return shortenedList(value, depth + 1)
  return shortenedObject(value, depth + 1)
}

function shortenedList(values: readonly unknown[], depth: number): unknown[] {
  const kept = values.slice(0, mostItems).map((one) => shortenedValue(one, depth))
  return values.length > mostItems ? [...kept, `… and ${values.length - mostItems} more`] : kept
}
