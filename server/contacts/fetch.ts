import type { Context } from '../base/context.ts'
import { isErrcode, PlatformError } from '../platforms/platform-error.ts'
import { fail } from '../base/problem.ts'
import { wecomOf } from '../connections/index.ts'
import { contactSeen } from '../identity/index.ts'
import { asking } from './quiet.ts'
import { type ContactRow, contactRow, deleteContact, dropFollow, saveContact } from './store.ts'

/** 40096: no such id. 84061: nobody of the corp follows it any more. */
const gone = [40096, 84061] as const

/** For so long we do not ask again: remarks and tags change by hand, and not every minute. */
export const freshMs = 10 * 60_000

export interface KnownContact extends ContactRow {
  /** Older than we like, because WeCom does not answer. */
  stale: boolean
}

/**
 * After a failure the last known state is shown without asking for so long: a pane must not wait
 * for a timeout again and again.
 */
const quietMs = 15_000

/**
 * A contact, as fresh as `within` wants and WeCom allows. When WeCom is out of reach, what it told
 * last.
 * @throws Problem `contact_unknown`, or the platform's when nothing is known yet
 */
export async function loadContact(
  ctx: Context,
  { corpId, externalUserId }: { corpId: string; externalUserId: string },
  within = freshMs,
): Promise<KnownContact> {
  const known = await contactRow(ctx.db, corpId, externalUserId)
  const now = ctx.clock.now().getTime()
  if (known && now - known.fetchedAt.getTime() < within) return { ...known, stale: false }
  const { contacts: silences } = ctx.memory.get(asking)
  const key = `${corpId}/${externalUserId}`
  if (known && silences.holds(key, now)) return { ...known, stale: true }
  try {
    const row = await askOnce(ctx, corpId, externalUserId)
    silences.end(key)
    return { ...row, stale: false }
  } catch (error) {
    // Not a fault of the moment, so an old copy is not shown.
    if (isErrcode(error, ...gone)) fail('contact_unknown')
    if (!known || !(error instanceof PlatformError)) throw error
    silences.begin(key, ctx.clock.now().getTime() + quietMs)
    ctx.log.warn(
      { err: error, externalUserId },
      'WeCom did not give the contact; showing the last known state',
    )
    return { ...known, stale: true }
  }
}

/**
 * WeCom told that a contact has changed. One whom nobody has looked at is not fetched for that,
 * unless it is new.
 * @throws PlatformError when WeCom cannot be asked
 */
export async function contactChanged(
  ctx: Context,
  {
    corpId,
    externalUserId,
    isNew = false,
  }: { corpId: string; externalUserId: string; isNew?: boolean },
): Promise<void> {
  if (!isNew && !(await contactRow(ctx.db, corpId, externalUserId))) return
  try {
    // Not `askOnce`: a question that is under way may have been asked before the change.
    await ask(ctx, corpId, externalUserId)
  } catch (error) {
    if (!isErrcode(error, ...gone)) throw error
    await deleteContact(ctx.db, corpId, externalUserId)
  }
}

/**
 * A member has deleted a contact. The member does not read on until WeCom can be asked.
 * @throws PlatformError when WeCom cannot be asked
 */
export async function contactLost(
  ctx: Context,
  { corpId, externalUserId, userId }: { corpId: string; externalUserId: string; userId: string },
): Promise<void> {
  await dropFollow(ctx.db, { corpId, externalUserId, userId })
  await contactChanged(ctx, { corpId, externalUserId })
}

/** Several panes that open at once ask WeCom once. */
function askOnce(ctx: Context, corpId: string, externalUserId: string): Promise<ContactRow> {
  const { underWay: flights } = ctx.memory.get(asking)
  const key = `${corpId}/${externalUserId}`
  const flight =
    flights.get(key) ?? ask(ctx, corpId, externalUserId).finally(() => flights.delete(key))
  flights.set(key, flight)
  return flight
}

async function ask(ctx: Context, corpId: string, externalUserId: string): Promise<ContactRow> {
  const fetchedAt = ctx.clock.now() // before the answer: what changes meanwhile is not in it
  const contact = await wecomOf(ctx, corpId).getExternalContact(externalUserId)
  const row = await saveContact(ctx.db, corpId, contact, fetchedAt)
  const notedPhones = contact.follows.flatMap(({ phones }) => phones)
  await contactSeen(ctx, { corpId, externalUserId, unionid: contact.unionid, notedPhones })
  return row
}
