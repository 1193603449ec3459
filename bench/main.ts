import { sizes } from '../scripts/sizes.mjs'
import { openGround } from './ground.ts'
import { commitToLive } from './live.ts'
import { sandboxSpeed } from './sandbox.ts'
import { signatureThroughput, upstreamCalls } from './signature.ts'
import { printTable } from './table.ts'
import { timelinePage } from './timeline.ts'
import { trackThroughput } from './track.ts'

/** In this order: the first one wants a server that has no ticket yet, the last one leaves the tables full. */
const benchmarks = {
  upstream: upstreamCalls,
  signature: signatureThroughput,
  live: commitToLive,
  timeline: timelinePage,
  track: trackThroughput,
}

const wanted = process.argv.slice(2)
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)
// Alone, before there are servers to share the cores with.
if (isWanted('sandbox')) await sandboxSpeed()
const runs = Object.entries(benchmarks).filter(([name]) => isWanted(name))
if (runs.length > 0) {
  const ground = await openGround()
  try {
    for (const [, run] of runs) await run(ground)
  } finally {
    await ground.close()
  }
}
printTable(
  'Sizes',
  ['', 'is', 'budget'],
  sizes().map(({ what, is, most, unit }) => [what, `${is.toFixed(unit ? 1 : 0)} ${unit}`, `≤ ${most} ${unit}`]),
)
