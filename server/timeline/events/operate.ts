import type { Context } from '../../base/context.ts'
import { rebuildRollups } from '../statistics/roll-up.ts'
import { wholeSince } from './partitions.ts'
import { rederive, type Rederived } from './rederive.ts'

/** The pause between two lines of progress. */
const betweenLinesMs = 1_000

/**
 * Rederives every moment from its raw events, then the roll-ups from the moments, while servers
 * run. `--check` only reports what would change. `say` receives the lines.
 */
export async function operateRederive(
  ctx: Context,
  args: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const check = args.includes('--check')
  const begun = performance.now()
  const total = await momentsAbout(ctx)
  let told = 0
  const result = await rederive({
    pool: ctx.db.$client,
    wholeSince: wholeSince(ctx),
    check,
    onProgress(so) {
      if (performance.now() - told < betweenLinesMs) return
      told = performance.now()
      const share = total > 0 ? `${Math.min(99, Math.floor((100 * so.looked) / total))}%` : '…'
      say(`${share.padStart(4)}  ${some(so.looked)} of about ${some(total)} moments, ${sum(so)}`)
    },
  })
  if (!check) {
    say('the roll-ups')
    await rebuildRollups(ctx)
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  say(`${some(result.looked)} moments looked at in ${seconds} s, ${sum(result)}`)

  function sum({ changed, made }: Rederived): string {
    const [became, came] = check ? ['would change', 'would be made'] : ['changed', 'made']
    return `${some(changed)} ${became}, ${some(made)} ${came}`
  }
}

function some(count: number): string {
  return count.toLocaleString('en')
}

/** Returns the planner's estimate, which is near enough to show progress. */
async function momentsAbout({ db }: Context): Promise<number> {
  const { rows } = await db.$client.query<{ about: number }>(
    `select greatest(reltuples, 0)::float8 as about from pg_class
     where oid = 'moments'::regclass`,
  )
  return Math.round(rows[0]?.about ?? 0)
}
