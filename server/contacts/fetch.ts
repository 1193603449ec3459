import type { Context } from '../base/context.ts'
import { isErrcode, PlatformError } from '../platforms/platform-error.ts'
import { fail } from '../base/problem.ts'
import { wecomOf } from '../connections/index.ts'
import { contactSeen } from '../identity/index.ts'
import { asking } from './quiet.ts'
import { type ContactRow, contactRow, deleteContact, dropFollow, saveContact } from './store.ts'

/** 40096: no such id. 84061: no member of the corp follows the contact any more. */
const gone = [40096, 84061] as const

/** How long a copy is fresh. Remarks and tags change by hand, and not every minute. */
export const freshMs = 10 * 60_000

export interface KnownContact extends ContactRow {
  /** Whether the copy is older than wanted, because WeCom does not answer. */
  stale: boolean
}

/**
 * How long a failure keeps us from asking again. The last known state is shown meanwhile, so that a
 * pane does not wait for one timeout after another.
 */
const quietMs = 15_000

/**
 * Returns a contact that is as fresh as `within` demands, or an older copy while WeCom is out of
 * reach.
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
    // This is no passing fault, so an old copy is not shown.
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
 * Handles WeCom's message that a contact has changed. It fetches the contact only if it is new or
 * somebody has looked at it before.
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
    // Not `askOnce`: a running question may have been asked before the change.
    await ask(ctx, corpId, externalUserId)
  } catch (error) {
    if (!isErrcode(error, ...gone)) throw error
    await deleteContact(ctx.db, corpId, externalUserId)
  }
}

/**
 * Handles WeCom's message that a member has deleted a contact. The member cannot read the contact
 * any more, even while WeCom is out of reach.
 * @throws PlatformError when WeCom cannot be asked
 */
export async function contactLost(
  ctx: Context,
  { corpId, externalUserId, userId }: { corpId: string; externalUserId: string; userId: string },
): Promise<void> {
  await dropFollow(ctx.db, { corpId, externalUserId, userId })
  await contactChanged(ctx, { corpId, externalUserId })
}

/** Asks WeCom once for several panes that open at the same time. */
function askOnce(ctx: Context, corpId: string, externalUserId: string): Promise<ContactRow> {
  const { underWay: flights } = ctx.memory.get(asking)
  const key = `${corpId}/${externalUserId}`
  const flight =
    flights.get(key) ?? ask(ctx, corpId, externalUserId).finally(() => flights.delete(key))
  flights.set(key, flight)
  return flight
}

async function ask(ctx: Context, corpId: string, externalUserId: string): Promise<ContactRow> {
  // Taken before the answer, which may not contain later changes.
  const fetchedAt = ctx.clock.now()
  const contact = await wecomOf(ctx, corpId).getExternalContact(externalUserId)
  const row = await saveContact(ctx.db, corpId, contact, fetchedAt)
  const notedPhones = contact.follows.flatMap(({ phones }) => phones)
  await contactSeen(ctx, { corpId, externalUserId, unionid: contact.unionid, notedPhones })
  return row
}
