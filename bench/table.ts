/**
 * Prints a table with words on the left and figures on the right, so that they are easy to compare.
 */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => width(row[column] ?? ''))),
  )
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => padded(cell, widths[column] ?? 0, column === 0 ? 'end' : 'start')).join('   ')}`.trimEnd()
  console.log(`\n${title}\n${[head, ...rows].map(line).join('\n')}`)
}

function width(text: string): number {
  return [...text].length
}

function padded(text: string, to: number, where: 'start' | 'end'): string {
  const space = ' '.repeat(to - width(text))
  return where === 'end' ? text + space : space + text
}

export function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`
}

export function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`
}

export function ratio(value: number): string {
  return value.toFixed(2)
}

/** Returns the value that `share` of the samples stay below. */
export function percentile(samples: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(samples).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(samples: ArrayLike<number>): number {
  return percentile(samples, 0.5)
}
