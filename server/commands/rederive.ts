// npm run rederive [-- --check]: every moment becomes what its raw events say, then the roll-ups
// what the moments say; while servers run. --check tells what would change.
import { runCommand } from './run.ts'
import type { Context } from '../base/context.ts'
import { wholeSince } from '../timeline/events/partitions.ts'
import { rederive, type Rederived } from '../timeline/events/rederive.ts'
import { rebuildRollups } from '../timeline/statistics/roll-up.ts'

const check = process.argv.includes('--check')

await runCommand(async (ctx) => {
  const begun = performance.now()
  const say = (text: string) => process.stdout.write(`${text}\n`)
  const { total, done } = await progress(ctx)
  let told = 0
  const result = await rederive({
    pool: ctx.db.$client,
    wholeSince: wholeSince(ctx),
    check,
    onProgress(so) {
      if (performance.now() - told < 1_000) return
      told = performance.now()
      say(
        `  ${done(so).padStart(4)}  ${so.looked.toLocaleString('en')} of about ${total.toLocaleString('en')} moments, ${changesOf(so)}`,
      )
    },
  })
  if (!check) {
    say('  the roll-ups')
    await rebuildRollups(ctx)
  }
  say(
    `${result.looked.toLocaleString('en')} moments looked at in ${((performance.now() - begun) / 1000).toFixed(1)} s, ${changesOf(result)}`,
  )
})

function changesOf({ changed, made }: Rederived): string {
  const [became, came] = check ? ['would change', 'would be made'] : ['changed', 'made']
  return `${changed.toLocaleString('en')} ${became}, ${made.toLocaleString('en')} ${came}`
}

/** The number is the planner's, which is near enough to say how far we are. */
async function progress({
  db,
}: Context): Promise<{ total: number; done: (so: Rederived) => string }> {
  const { rows } = await db.$client.query<{ about: number }>(
    `select greatest(reltuples, 0)::float8 as about from pg_class where oid = 'moments'::regclass`,
  )
  const total = Math.round(rows[0]?.about ?? 0)
  return {
    total,
    done: ({ looked }) =>
      total > 0 ? `${Math.min(99, Math.floor((100 * looked) / total))}%` : '…',
  }
}
