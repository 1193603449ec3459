import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'
import { deleteReceivedBefore } from './store.ts'

const dayMs = 24 * 60 * 60_000
/** Somebody may still mend what made them fail, and take them up again. */
const patienceWithFailed = 10
const atOnce = 1_000

/**
 * A push is a hint, and says whom it is about: once it is handled, or nobody needs it, it is kept
 * for as long as somebody may ask what came. One that waits for its next try is never deleted.
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
