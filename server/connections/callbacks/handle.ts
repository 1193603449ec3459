import * as v from 'valibot'
import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'
import { domains, type Platform, type PushHandler } from '../../domain.ts'
import { takeDue, updateCallback, type CallbackRow } from './store.ts'

/** The pauses before each further try. WeCom may be out of reach for seconds, or for an evening. */
const pausesMs = [10_000, 60_000, 5 * 60_000, 30 * 60_000, 2 * 60 * 60_000]
const mostTries = pausesMs.length + 1
/** How many pushes one process handles at once. Each waits for WeCom most of the time. */
const atOnce = 2
const longestError = 500

const Platforms = v.picklist(['wecom', 'wechat'])

/** Returns the handlers of this event, lower floors first. */
export function handlersOf(ctx: Context, platform: Platform, event: string): PushHandler[] {
  return ctx.memory.get(domains).flatMap(({ pushes }) => {
    const handlers = pushes?.[platform]
    return handlers && Object.hasOwn(handlers, event) ? (handlers[event] ?? []) : []
  })
}

/**
 * Handles stored pushes. Each new push nudges it. At its regular times it finds pushes whose next
 * try is due, and those that a killed process left.
 */
export const platformPushes: Job = {
  name: 'platform-pushes',
  everyMs: 2_000,
  async run(ctx) {
    await Promise.all(Array.from({ length: atOnce }, () => handleAllDue(ctx)))
  },
}

async function handleAllDue(ctx: Context): Promise<void> {
  while (!ctx.closing.aborted && (await handleNext(ctx)));
}

/**
 * Handles the next due push. Returns false when none is due. The row stays locked meanwhile, so no
 * other process takes it, and the end of a killed process frees it.
 */
async function handleNext(ctx: Context): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const row = await takeDue(tx, ctx.clock.now())
    if (!row) return false
    await updateCallback(tx, row.id, await outcomeOf(ctx, row))
    return true
  })
}

async function outcomeOf(
  ctx: Context,
  { id, platform, corpId, event, message, tries: before }: CallbackRow,
): Promise<Partial<CallbackRow>> {
  const tries = before + 1
  try {
    const of = v.parse(Platforms, platform)
    for (const handle of handlersOf(ctx, of, event)) await handle(ctx, { corpId, event, message })
    return { state: 'handled', tries, handledAt: ctx.clock.now(), error: null }
  } catch (error) {
    const words = (error instanceof Error ? error.message : String(error)).slice(0, longestError)
    ctx.log.warn(
      { err: error, callback: id, event, tries },
      tries < mostTries ? 'a callback waits for another try' : 'a callback was given up',
    )
    const pause = pausesMs[before]
    if (pause === undefined) return { state: 'failed', tries, error: words }
    return { tries, error: words, nextTryAt: new Date(ctx.clock.now().getTime() + pause) }
  }
}
