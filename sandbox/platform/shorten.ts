/** Names whose values open doors. */
const secret = /secret|token|ticket|session_key|aes_?key|password|permanent_code|(?<!qr_|err)code$/i
const deepest = 8

/** Secrets and tokens are cut at every depth, so that a screen of calls can be shown to anyone. */
export function shortened<T extends Record<string, unknown>>(values: T): T {
  return shortenedObject(values, 0) as T
}

function shortenedObject(values: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    copy[name] = typeof value === 'string' && value.length > 8 && secret.test(name) ? `${value.slice(0, 6)}…` : shortenedValue(value, depth)
  }
  return copy
}

function shortenedValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return '…'
  if (Array.isArray(value)) return value.map((one) => shortenedValue(one, depth + 1))
  return shortenedObject(value, depth + 1)
}
