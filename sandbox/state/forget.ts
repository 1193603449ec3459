const most = 10_000

/**
 * Drops the oldest of what nobody asks for after so many others: a load test signs in thousands of
 * times an hour.
 */
export function keepNewest(kept: Map<string, unknown> | unknown[]) {
  if (Array.isArray(kept)) {
    if (kept.length > most) kept.splice(0, kept.length - most)
    return
  }
  for (const key of kept.keys()) {
    if (kept.size <= most) return
    kept.delete(key)
  }
}
