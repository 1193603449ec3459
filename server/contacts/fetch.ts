import type { Context } from '../base/context.ts'
import { notify } from '../base/db/listen.ts'
import { Problem } from '../base/problem.ts'
import { wecomOf } from '../connections/index.ts'
import { contactSeen, findIdentity } from '../identity/index.ts'
import { isErrcode, isUnanswered, PlatformError } from '../platforms/platform-error.ts'
import { momentsChannel } from '../timeline/index.ts'
import { asking } from './quiet.ts'
import {
  beginFollow,
  type ContactRow,
  contactRow,
  deleteContact,
  endFollow,
  type LostBy,
  noteRefusal,
  saveContact,
  wrongClockMs,
} from './store.ts'

/** 40096: no such id. 84061: no member of the corp follows the contact any more. */
const gone = [40096, 84061] as const

/** How long a copy is fresh. Remarks and tags change by hand, and not every minute. */
export const freshMs = 10 * 60_000

export interface KnownContact extends ContactRow {
  /** Whether the copy is older than wanted, because WeCom does not answer. */
  stale: boolean
}

export interface ContactAsked {
  corpId: string
  externalUserId: string
  /** The member for whom we ask; questions in vain are counted for each. */
  askedBy: string
}

/**
 * How long a failure keeps us from asking again. The last known state is shown meanwhile, so that a
 * pane does not wait for one timeout after another.
 */
const quietMs = 15_000

/** The same where there is no last known state: the rep sees the failure, and tries again. */
const quietWithoutCopyMs = 1_000

/**
 * How long an id that WeCom does not know is not asked about again. A contact who is added
 * meanwhile is announced by a push.
 */
const unknownMs = 20_000

/**
 * Returns a contact that is as fresh as `within` demands. While WeCom leaves the question open, the
 * last answer counts for the configured hours: a copy, or a refusal.
 * @throws Problem `contact_unknown`, `too_many_requests`, or the platform's when it refused or
 * nothing is known
 */
export async function loadContact(
  ctx: Context,
  { corpId, externalUserId, askedBy }: ContactAsked,
  within = freshMs,
): Promise<KnownContact> {
  const known = await contactRow(ctx.db, corpId, externalUserId)
  const now = ctx.clock.now().getTime()
  if (known && isFresh(known, now, within)) return { ...known, stale: false }
  const { contacts: silences, inVain } = ctx.memory.get(asking)
  const key = `${corpId}/${externalUserId}`
  const silence = silences.holds(key, now)
  if (silence) return lastKnown(ctx, known, silence.failure)
  const ask = () => askOnce(ctx, corpId, externalUserId)
  try {
    const row = known
      ? await ask()
      : await inVain.spend(`${corpId}/${askedBy}`, now, ask, (error) => !isUnanswered(error))
    silences.end(key)
    return { ...row, stale: false }
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    const isGone = isErrcode(error, ...gone)
    const failure = isGone ? new Problem('contact_unknown') : error
    const forMs = isGone ? unknownMs : known ? quietMs : quietWithoutCopyMs
    silences.begin(key, ctx.clock.now().getTime() + forMs, failure)
    const last = lastKnown(ctx, known, failure)
    ctx.log.warn(
      { err: failure, externalUserId },
      'WeCom did not give the contact; showing the last known state',
    )
    return last
  }
}

function isFresh({ fetchedAt, refusal }: ContactRow, now: number, within: number): boolean {
  const age = now - fetchedAt.getTime()
  return refusal === null && age < within && age > -wrongClockMs
}

/**
 * Returns the last copy, if it may stand for an answer that WeCom left open.
 * @throws the failure otherwise, or the refusal that came after the copy
 */
function lastKnown(
  { clock, config }: Context,
  known: ContactRow | undefined,
  failure: unknown,
): KnownContact {
  if (!known || !isUnanswered(failure)) throw failure
  if (known.refusal) throw new PlatformError('platform_refused', known.refusal)
  const age = clock.now().getTime() - known.fetchedAt.getTime()
  if (age >= config.staleRightsHours * 60 * 60_000 || age < -wrongClockMs) throw failure
  return { ...known, stale: true }
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
    ctx.memory.get(asking).contacts.end(`${corpId}/${externalUserId}`)
  } catch (error) {
    if (!isErrcode(error, ...gone)) throw error
  } finally {
    await rightsChanged(ctx, { corpId, externalUserId })
  }
}

interface Relation {
  corpId: string
  externalUserId: string
  userId: string
}

/** Handles WeCom's message that a member and a contact have met. @throws PlatformError */
export async function contactMet(ctx: Context, of: Relation): Promise<void> {
  await beginFollow(ctx.db, of)
  await contactChanged(ctx, { ...of, isNew: true })
}

/**
 * Handles WeCom's message that a member has deleted a contact, or the contact has deleted the
 * member. The member cannot read the contact any more, even while WeCom is out of reach.
 * @throws PlatformError when WeCom cannot be asked
 */
export async function contactLost(ctx: Context, of: Relation, lost: LostBy): Promise<void> {
  if (await endFollow(ctx.db, of, lost)) {
    await rightsChanged(ctx, of)
    await contactChanged(ctx, of)
    return
  }
  if (lost.by === 'member') return
  // WeCom lists a member whom the contact has deleted, so we note it on a copy.
  await contactChanged(ctx, { ...of, isNew: true })
  await endFollow(ctx.db, of, lost)
}

/** Makes open streams of the contact's person look whether they may go on. */
async function rightsChanged(
  ctx: Context,
  { corpId, externalUserId }: { corpId: string; externalUserId: string },
): Promise<void> {
  const key = { corpId, kind: 'external_userid', scope: corpId, value: externalUserId } as const
  const identity = await findIdentity(ctx.db, key)
  if (identity) await notify(ctx.db, momentsChannel, JSON.stringify({ of: [identity.id] }))
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
  try {
    const contact = await wecomOf(ctx, corpId).getExternalContact(externalUserId)
    const row = await saveContact(ctx.db, corpId, contact, fetchedAt)
    const notedPhones = contact.follows.flatMap(({ phones }) => phones)
    await contactSeen(ctx, { corpId, externalUserId, unionid: contact.unionid, notedPhones })
    return row
  } catch (error) {
    // An old copy must not come back when WeCom is out of reach later.
    if (isErrcode(error, ...gone))
      await deleteContact(ctx.db, { corpId, externalUserId }, fetchedAt)
    else if (error instanceof PlatformError && !isUnanswered(error))
      await noteRefusal(ctx.db, { corpId, externalUserId }, error.words, fetchedAt)
    throw error
  }
}
