import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'
import { deleteReceivedBefore } from './store.ts'

const dayMs = 24 * 60 * 60_000
/**
 * Failed pushes are kept this many times longer, because somebody may mend the cause and replay
 * them.
 */
const patienceWithFailed = 10
const atOnce = 1_000

/**
 * Deletes old pushes. A push is only a hint and names a person. Once it is handled or unneeded, it
 * is kept only for questions about what came. A push that waits for its next try is never deleted.
 */
export const forgetCallbacks: Job = {
  name: 'forget-callbacks',
  everyMs: 60 * 60_000,
  async run(ctx) {
    const { callbackRetentionDays: days } = ctx.config
    if (days === 0) return
    await forget(ctx, days, ['handled', 'ignored'])
    await forget(ctx, days * patienceWithFailed, ['failed'])
  },
}

async function forget(ctx: Context, days: number, states: readonly string[]): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - days * dayMs)
  while (
    !ctx.closing.aborted &&
    (await deleteReceivedBefore(ctx.adHoc, before, states, atOnce)) === atOnce
  );
}
