import { execFileSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'
import { median, milliseconds, perSecond, printTable, ratio } from './table.ts'

type Unit = 'per second' | 'ms' | 'MB' | 'ratio' | 'cores' | 'count' | 'µs'

export interface Figure {
  what: string
  unit: Unit
  /** One value a round. */
  samples: readonly number[]
  /** The value to compare with, measured in the same run. */
  limit?: readonly number[]
  /** The goal for the ratio to the limit if there is one, otherwise for the median. */
  goal?: { atLeast: number } | { atMost: number }
}

const units: Record<Unit, (value: number) => string> = {
  'per second': perSecond,
  ms: milliseconds,
  MB: (value) => `${Math.round(value)} MB`,
  ratio,
  µs: (value) => `${Math.round(value)} µs`,
  cores: (value) => value.toFixed(2),
  count: (value) => Math.round(value).toLocaleString('en'),
}

const parts: { title: string; figures: readonly Figure[] }[] = []

/** Prints the figures of a part now, and keeps them for the table at the end. */
export function report(
  title: string,
  figures: readonly Figure[],
  notes: readonly string[] = [],
): void {
  parts.push({ title, figures })
  printTable(title, head, figures.map(row))
  for (const note of notes) console.log(`  ${note}`)
}

const head = ['', 'median', 'min – max', 'n', '÷ limit', 'goal', '']

export function quotient({ samples, limit }: Figure): number {
  return limit ? median(samples) / median(limit) : Number.NaN
}

function row(figure: Figure): string[] {
  const { what, unit, samples, limit, goal } = figure
  const say = units[unit]
  const judged = limit ? quotient(figure) : median(samples)
  const met = goal && ('atLeast' in goal ? judged >= goal.atLeast : judged <= goal.atMost)
  const wanted = goal && ('atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`)
  return [
    what,
    say(median(samples)),
    samples.length > 1 ? `${say(Math.min(...samples))} – ${say(Math.max(...samples))}` : '',
    String(samples.length),
    limit ? ratio(quotient(figure)) : '',
    wanted
      ? `${wanted}${limit || unit === 'ratio' ? '' : ` ${unit === 'per second' ? '/s' : unit}`}`
      : '',
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ]
}

/** Describes the machine and the versions. A figure means nothing without these. */
export function machine(): string[] {
  const commit = git('rev-parse', '--short', 'HEAD')
  const changed = git('status', '--porcelain') ? ' with changes' : ''
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return [
    `Node ${process.version.slice(1)}, ${model} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB, commit ${commit}${changed}`,
    `load average before: ${loadavg()
      .map((value) => value.toFixed(2))
      .join(' ')}`,
  ]
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

/** Prints all figures of this run in one table. */
export function summary(about: readonly string[]): void {
  const rows = parts.flatMap(({ title, figures }) => [
    [title],
    ...figures.map((figure) =>
      row(figure).map((cell, column) => (column === 0 ? `  ${cell}` : cell)),
    ),
  ])
  printTable('All of it', head, rows)
  for (const line of about) console.log(`  ${line}`)
}
