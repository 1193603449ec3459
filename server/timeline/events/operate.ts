import type { Context } from '../../base/context.ts'
import { rebuildRollups } from '../statistics/roll-up.ts'
import { wholeSince } from './partitions.ts'
import { rederive, type Rederived } from './rederive.ts'

/** Progress is told this often. */
const betweenLinesMs = 1_000

/**
 * Every moment becomes what its raw events say, then the roll-ups what the moments say, while
 * servers run; `--check` tells what would change. `say` is given lines.
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

/** The planner's number, which is near enough to say how far we are. */
async function momentsAbout({ db }: Context): Promise<number> {
  const { rows } = await db.$client.query<{ about: number }>(
    `select greatest(reltuples, 0)::float8 as about from pg_class
     where oid = 'moments'::regclass`,
  )
  return Math.round(rows[0]?.about ?? 0)
}
