import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'
import { fileStore } from '../file-store.ts'
import { dropFile } from '../keep.ts'
import { unusedBefore } from '../store.ts'

const dayMs = 24 * 60 * 60_000
/** No upload takes so long, so what is older belongs to a process that was killed. */
const abandonedMs = 60 * 60_000
const atOnce = 200

/**
 * Deletes photos that nothing names, once they are as old as the configuration says, and what
 * killed processes left half-written.
 */
export const forgetUnused: Job = {
  name: 'forget-unused-photos',
  everyMs: 60 * 60_000,
  async run(ctx) {
    const now = ctx.clock.now().getTime()
    await ctx.memory.get(fileStore).sweep(new Date(now - abandonedMs))
    const { unusedPhotoDays: days } = ctx.config
    if (days > 0) await forget(ctx, new Date(now - days * dayMs))
  },
}

async function forget(ctx: Context, before: Date): Promise<void> {
  while (!ctx.closing.aborted) {
    const photos = await unusedBefore(ctx.db, before, atOnce)
    for (const photo of photos) await dropFile(ctx, photo, { onlyUnused: true })
    if (photos.length < atOnce) return
  }
}
