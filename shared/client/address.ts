/**
 * Returns path and query of a call, e.g. `/api/persons/:id/moments` + `{id}` + `{kind}`. Written by
 * hand because a mini program has no `URLSearchParams`.
 * @throws TypeError when a path parameter is missing
 */
export function addressOf(path: string, params: unknown, query: unknown): string {
  const values = recordOf(params)
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined || value === null || value === '')
      throw new TypeError(`path parameter ${name} is missing`)
    return encodeURIComponent(String(value))
  })
  const pairs = Object.entries(recordOf(query))
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
  return pairs.length > 0 ? `${filled}?${pairs.join('&')}` : filled
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
