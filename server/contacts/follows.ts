import type { Context } from '../base/context.ts'
import { Problem } from '../base/problem.ts'
import { freshMs, type KnownContact, loadContact } from './fetch.ts'
import { contactRow, wrongClockMs } from './store.ts'

/**
 * After this time a "no" is asked again, because a rep who has just added the customer must not
 * wait. It is not shorter, or a stranger could use up the quota.
 */
const noAgainMs = 20_000

export interface MemberAndContact {
  corpId: string
  userId: string
  externalUserId: string
}

/**
 * Returns the contact when the member follows it, otherwise null.
 * @throws Problem `contact_unknown`, or the platform's when it refused or nothing is known
 */
export async function followedContact(
  ctx: Context,
  { userId, ...of }: MemberAndContact,
): Promise<KnownContact | null> {
  const asker = { ...of, askedBy: userId }
  const known = await loadContact(ctx, asker)
  if (isFollower(known, userId)) return known
  const again = await loadContact(ctx, asker, noAgainMs)
  return isFollower(again, userId) ? again : null
}

/** Returns the time since when an answer of WeCom counts. Older answers are asked again. */
export function followsCountSince({ clock }: Pick<Context, 'clock'>): Date {
  return new Date(clock.now().getTime() - freshMs)
}

/**
 * Returns an SQL condition: this member follows the present row of `contacts`, by an answer of
 * WeCom that is not older than `since`. Both are parameters, e.g. `$3`. `ageMs` says how long ago
 * `since` was: an answer that seems to come from later than now is none. The row must have the
 * columns `fetched_at`, `follows`, `lost` and `refusal`.
 */
export function followedSql({
  member,
  since,
  ageMs = freshMs,
}: {
  member: string
  since: string
  ageMs?: number
}): string {
  const from = `${since}::timestamptz`
  const window = `interval '${(ageMs + wrongClockMs) / 1000} seconds'`
  return `contacts.fetched_at > ${from} and contacts.fetched_at < ${from} + ${window}
    and contacts.refusal is null and not jsonb_exists(contacts.lost, ${member}::text)
    and contacts.follows @> jsonb_build_array(jsonb_build_object('userId', ${member}::text))`
}

/**
 * Returns which of these contacts the member follows, by recent answers of WeCom. The member may
 * follow others too: `follows` asks WeCom.
 */
export async function knownToFollow(
  ctx: Context,
  {
    corpId,
    userId,
    externalUserIds,
  }: { corpId: string; userId: string; externalUserIds: readonly string[] },
): Promise<boolean> {
  const { rowCount } = await ctx.db.$client.query({
    name: 'known-to-follow',
    text: `select from contacts where corp_id = $1 and external_userid = any($2::text[])
      and ${followedSql({ member: '$4', since: '$3' })} limit 1`,
    values: [corpId, externalUserIds, followsCountSince(ctx), userId],
  })
  return (rowCount ?? 0) > 0
}

/**
 * Whether the last answer of WeCom, however old, names the member as a follower. Nobody is asked,
 * so the time that it takes says nothing about strangers.
 */
export async function isNotedFollower(
  ctx: Context,
  { corpId, userId, externalUserId }: MemberAndContact,
): Promise<boolean> {
  const known = await contactRow(ctx.db, corpId, externalUserId)
  return known !== undefined && isFollower(known, userId)
}

/**
 * Whether the member follows the contact now. It asks WeCom when our answer is old. Nobody follows
 * a contact that WeCom does not know.
 */
export async function follows(ctx: Context, of: MemberAndContact): Promise<boolean> {
  try {
    return (await followedContact(ctx, of)) !== null
  } catch (error) {
    if (error instanceof Problem && error.code === 'contact_unknown') return false
    throw error
  }
}

function isFollower(
  { follows: relations }: Pick<KnownContact, 'follows'>,
  userId: string,
): boolean {
  return relations.some((relation) => relation.userId === userId)
}
