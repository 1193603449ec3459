import { sizes } from '../scripts/lib/sizes.mjs'
import { faults } from './faults.ts'
import { gains } from './gains.ts'
import { openGround, type Ground } from './ground.ts'
import { commitToLive } from './live.ts'
import { memoryOver } from './memory.ts'
import { mergeAndUndo } from './merge.ts'
import { machine, summary } from './report.ts'
import { sandboxSpeed } from './sandbox.ts'
import { moreServers } from './scale.ts'
import { signatureThroughput, upstreamCalls } from './signature.ts'
import { soak } from './soak.ts'
import { printTable } from './table.ts'
import { timelinePage } from './timeline.ts'
import { trackBatches, trackOne } from './track.ts'

/**
 * In this order. The first one needs a server without a ticket. Benchmarks that fill tables come
 * after those that read them.
 */
const benchmarks: Record<string, (ground: Ground) => Promise<void>> = {
  upstream: upstreamCalls,
  signature: signatureThroughput,
  timeline: (ground) => timelinePage(ground, { large: process.argv.includes('--large') }),
  live: commitToLive,
  merge: mergeAndUndo,
  one: trackOne,
  track: trackBatches,
}
/**
 * These have a ground of their own. All but the first run only by name, because they take minutes.
 */
const apart = ['sandbox', 'gains', 'scale', 'soak', 'faults']

function generatorNeeded({ generator }: Ground): string {
  const most = generator.busiest()
  return `the generator needed at most ${most.toFixed(2)} cores${most > 0.9 ? ': where it did, it limits what was measured' : ''}`
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'))
const unknown = wanted.filter((name) => !(name in benchmarks) && !apart.includes(name))
if (unknown.length > 0)
  throw new Error(
    `There is no benchmark "${unknown.join(' ')}": ${[...Object.keys(benchmarks), ...apart].join(', ')}`,
  )
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)

const about = machine()
for (const line of about) console.log(line)
// Alone, before servers share the cores.
if (isWanted('sandbox')) await sandboxSpeed()
const runs = Object.entries(benchmarks).filter(([name]) => isWanted(name))
if (runs.length > 0) {
  const ground = await openGround()
  const memory = memoryOver(ground)
  try {
    for (const [, run] of runs) await run(ground)
    memory.report()
    about.push(`PostgreSQL ${await ground.version()}`, generatorNeeded(ground))
  } finally {
    memory.stop()
    await ground.close()
  }
}
if (wanted.includes('scale')) await moreServers()
if (wanted.includes('gains')) {
  const ground = await openGround({ servers: 1 })
  await gains(ground).finally(() => ground.close())
}
if (wanted.includes('soak')) {
  const ground = await openGround({ servers: 1 })
  await soak(ground).finally(() => ground.close())
}
if (wanted.includes('faults') && !(await faults())) process.exitCode = 1
summary(about)
printTable(
  'Sizes',
  ['', 'is', 'budget'],
  sizes().map(({ what, is, most, unit }) => [
    what,
    `${is.toFixed(unit ? 1 : 0)} ${unit}`,
    `≤ ${most} ${unit}`,
  ]),
)
