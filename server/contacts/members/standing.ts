import type { Context } from '../../base/context.ts'
import { endMemberSessions } from '../../base/http/session/ends.ts'
import { Problem } from '../../base/problem.ts'
import { connectionOf, connectionsOf } from '../../connections/index.ts'
import { isErrcode, isUnanswered, PlatformError } from '../../platforms/platform-error.ts'
import type { WecomClient } from '../../platforms/wecom/client.ts'
import { asking } from '../quiet.ts'
import { memberRows, outdateMember, saveMember, wrongClockMs } from '../store.ts'
import type { MemberOf } from './names.ts'

/**
 * WeCom describes only members in the app's visible range: 50002, 60011 and 60021 say that this one
 * is outside, 60111 that there is no such member.
 */
const outside = [50002, 60011, 60021, 60111] as const

/** How old an answer may be before an open session asks again. Pushes are not guaranteed. */
const confirmedForMs = 10 * 60_000
const quietMs = 60_000

/**
 * Checks at a sign-in that WeCom lets the member use the app. While WeCom leaves this open, its
 * last answer counts for the configured hours.
 * @throws Problem `member_out_of_range`, `not_a_member`, or the platform's
 */
export async function expectMember(ctx: Context, client: WecomClient, of: MemberOf): Promise<void> {
  try {
    await ask(ctx, client, of)
  } catch (error) {
    if (!isUnanswered(error)) throw error
    if (!(await isKnownLately(ctx, of))) throw error
    ctx.log.warn({ err: error, ...of }, 'signed in by the last answer, because WeCom gave none')
  }
}

/**
 * Checks the member of an open session again, if the last answer is not recent. While WeCom leaves
 * this open the session goes on; it lasts hours only.
 * @throws Problem `member_out_of_range`, `not_a_member`, or the platform's refusal
 */
export async function confirmMember(
  ctx: Context,
  { corpId, userId, agentId }: MemberOf & { agentId?: string | undefined },
): Promise<void> {
  const of = { corpId, userId }
  const now = ctx.clock.now().getTime()
  const row = (await memberRows(ctx.db, corpId, [userId])).get(userId)
  const age = row ? now - row.fetchedAt.getTime() : Infinity
  if (age < confirmedForMs && age > -wrongClockMs) return
  const { members: silences } = ctx.memory.get(asking)
  const key = `${corpId}/${userId}`
  const silence = silences.holds(key, now)
  if (silence) {
    if (isUnanswered(silence.failure)) return
    throw silence.failure
  }
  try {
    const { client } = connectionOf(ctx, 'wecom_app', { corpId, platformId: agentId })
    await ask(ctx, client, of)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    silences.begin(key, now + quietMs, error)
    if (!isUnanswered(error)) throw error
    ctx.log.warn({ err: error, ...of }, 'WeCom did not confirm a member; the session goes on')
  }
}

/**
 * Handles WeCom's message that a member has changed. The range of an app may have changed with a
 * department, so every app of the corp is asked.
 * @throws PlatformError when one cannot be asked
 */
export async function memberChanged(ctx: Context, of: MemberOf): Promise<void> {
  if (!(await memberRows(ctx.db, of.corpId, [of.userId])).has(of.userId)) return
  let refusal: unknown
  for (const { client } of connectionsOf(ctx, 'wecom_app', of.corpId)) {
    try {
      await ask(ctx, client, of, { ends: false })
      return
    } catch (error) {
      if (isUnanswered(error)) throw error
      refusal = error
    }
  }
  if (isOutside(refusal)) await memberLeft(ctx, of)
}

/** Ends every session of a member who has left, was disabled or got another id. */
export async function memberLeft(ctx: Context, { corpId, userId }: MemberOf): Promise<void> {
  // The last answer of WeCom is about a time before.
  await outdateMember(ctx.db, corpId, userId)
  await endMemberSessions(ctx, { corpId, userId })
}

/** Asks WeCom, and stores its answer. A refusal ends the member's sessions. */
async function ask(
  ctx: Context,
  client: WecomClient,
  of: MemberOf,
  { ends = true }: { ends?: boolean } = {},
): Promise<void> {
  const askedAt = ctx.clock.now()
  try {
    const member = await client.getUser(of.userId)
    if (!member.isActive)
      throw new Problem('not_a_member', 'WeCom says that the member is disabled')
    await saveMember(ctx.db, of.corpId, member, askedAt)
    ctx.memory.get(asking).members.end(`${of.corpId}/${of.userId}`)
  } catch (error) {
    if (!isOutside(error)) throw error
    if (ends) await memberLeft(ctx, of)
    throw error instanceof PlatformError
      ? new Problem('member_out_of_range', error.message, { cause: error })
      : error
  }
}

/** Whether the answer says that this member may not use the app; others say so of the app. */
function isOutside(error: unknown): boolean {
  return (
    isErrcode(error, ...outside) ||
    (error instanceof Problem &&
      (error.code === 'not_a_member' || error.code === 'member_out_of_range'))
  )
}

/** Whether WeCom described the member within the configured hours, and has not ended them since. */
async function isKnownLately(ctx: Context, { corpId, userId }: MemberOf): Promise<boolean> {
  const row = (await memberRows(ctx.db, corpId, [userId])).get(userId)
  if (!row) return false
  const age = ctx.clock.now().getTime() - row.fetchedAt.getTime()
  return age < ctx.config.staleRightsHours * 60 * 60_000 && age > -wrongClockMs
}
