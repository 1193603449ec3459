/** How long and how often. Smaller figures show that everything works, but not how fast it is. */
export const seconds = number('BENCH_SECONDS', 3)
/** One more round comes first and warms everything up. */
export const rounds = number('BENCH_ROUNDS', 3)

export function number(name: string, otherwise: number): number {
  const given = process.env[name]?.trim()
  if (!given) return otherwise
  const value = Number(given)
  if (!Number.isFinite(value) || value <= 0)
    throw new Error(
      `${name} must be a number above 0, but is "${given}". Example: ${name}=${otherwise}`,
    )
  return value
}
