import { sizes } from '../scripts/sizes.mjs'
import { openGround, type Ground } from './ground.ts'
import { commitToLive } from './live.ts'
import { machine, summary } from './report.ts'
import { printTable } from './table.ts'
import { timelinePage } from './timeline.ts'
import { trackBatches, trackOne } from './track.ts'

const benchmarks: Record<string, (ground: Ground) => Promise<void>> = {
  timeline: (ground) => timelinePage(ground, { large: process.argv.includes('--large') }),
  live: commitToLive,
  one: trackOne,
  track: trackBatches,
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)
const runs = Object.entries(benchmarks).filter(([name]) => isWanted(name))
if (runs.length > 0) {
  const about = machine('18')
  const ground = await openGround({ servers: 2 })
  try {
    for (const [, run] of runs) await run(ground)
    summary(about)
  } finally {
    await ground.close()
  }
}
printTable(
  'Sizes',
  ['', 'is', 'budget'],
  sizes().map(({ what, is, most, unit }) => [what, `${is.toFixed(unit ? 1 : 0)} ${unit}`, `≤ ${most} ${unit}`]),
)
