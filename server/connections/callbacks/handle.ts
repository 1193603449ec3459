import { contactChanged, contactLost } from '../../contacts/index.ts'
import type { Context } from '../../base/context.ts'
import type { Job } from '../../base/db/jobs.ts'
import { recognize } from '../../identity/index.ts'
import { readPush, type WecomPush } from '../../platforms/wecom/push.ts'
import { takeDue, updateCallback, type CallbackRow } from './store.ts'

/** Before each further try: WeCom may be out of reach for seconds, or for an evening. */
const pausesMs = [10_000, 60_000, 5 * 60_000, 30 * 60_000, 2 * 60 * 60_000]
const mostTries = pausesMs.length + 1
/** Each waits for WeCom most of the time. */
const atOnce = 2
const longestError = 500

type Handler = (ctx: Context, corpId: string, push: WecomPush) => Promise<void>

const refresh: Handler = (ctx, corpId, push) =>
  contactChanged(ctx, { corpId, externalUserId: push.ExternalUserID })
const meet: Handler = async (ctx, corpId, push) => {
  // First, so that loading the contact finds that it has been asked about.
  await recognize(ctx, { corpId, externalUserIds: [push.ExternalUserID] })
  await contactChanged(ctx, { corpId, externalUserId: push.ExternalUserID, isNew: true })
}
/**
 * Somebody in a group may be a contact of nobody, and is recognized all the same. The published ids
 * of outsiders begin with wm or wo; ours are passed over.
 */
const meetInGroup: Handler = async (ctx, corpId, push) => {
  if (push.UpdateDetail !== 'add_member') return
  const externalUserIds = push.MemChangeList.Item.filter((id) => /^w[mo]/.test(id))
  await recognize(ctx, { corpId, externalUserIds, chatId: push.ChatId })
}
const lose: Handler = (ctx, corpId, push) =>
  contactLost(ctx, { corpId, externalUserId: push.ExternalUserID, userId: push.UserID })

/**
 * What a push only hints at is read from WeCom, so that order, repeats and delays of pushes do not
 * matter. WW-96361
 */
const handlers: Readonly<Record<string, Handler>> = {
  'change_external_contact/add_external_contact': meet,
  'change_external_contact/add_half_external_contact': meet,
  'change_external_contact/edit_external_contact': refresh,
  'change_external_contact/del_external_contact': lose,
  'change_external_chat/update': meetInGroup,
  // The customer has deleted the member, with whom the contact stays.
  'change_external_contact/del_follow_user': refresh,
}

export function handles(event: string): boolean {
  return Object.hasOwn(handlers, event)
}

/**
 * Nudged by each push that is stored; by itself it finds those whose next try is due, and those
 * that a killed process left.
 */
export const wecomCallbacks: Job = {
  name: 'wecom-callbacks',
  everyMs: 2_000,
  async run(ctx) {
    await Promise.all(Array.from({ length: atOnce }, () => handleAllDue(ctx)))
  },
}

async function handleAllDue(ctx: Context): Promise<void> {
  while (!ctx.closing.aborted && (await handleNext(ctx)));
}

/**
 * The row stays locked while it is handled: no other process has it, and it is free again when this
 * one dies. False when nothing is due.
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
  { id, corpId, event, message, tries: before }: CallbackRow,
): Promise<Partial<CallbackRow>> {
  const tries = before + 1
  try {
    await handlers[event]?.(ctx, corpId, readPush(message))
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
