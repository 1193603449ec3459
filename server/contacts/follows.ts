import type { Context } from '../base/context.ts'
import { Problem } from '../base/problem.ts'
import { freshMs, type KnownContact, loadContact } from './fetch.ts'

/**
 * A "no" is asked again after this: a rep who has just added the customer must not wait. Not
 * sooner, or a stranger could use up the quota.
 */
const noAgainMs = 20_000

export interface MemberAndContact {
  corpId: string
  userId: string
  externalUserId: string
}

/**
 * The contact when the member follows it, else null.
 * @throws Problem `contact_unknown`, or the platform's when nothing is known yet
 */
export async function followedContact(
  ctx: Context,
  { userId, ...of }: MemberAndContact,
): Promise<KnownContact | null> {
  const known = await loadContact(ctx, of)
  if (isFollower(known, userId)) return known
  const again = await loadContact(ctx, of, noAgainMs)
  return isFollower(again, userId) ? again : null
}

/** What WeCom told before this is asked again before it counts. */
export function followsCountSince({ clock }: Pick<Context, 'clock'>): Date {
  return new Date(clock.now().getTime() - freshMs)
}

/**
 * SQL: the row of `contacts` at hand is followed by this member, as WeCom told since then. Both are
 * parameters, e.g. `$3`.
 */
export function followedSql({ member, since }: { member: string; since: string }): string {
  return `contacts.fetched_at > ${since}::timestamptz
    and contacts.follows @> jsonb_build_array(jsonb_build_object('userId', ${member}::text))`
}

/**
 * Which of these contacts the member follows, by what WeCom told lately. One that is not among them
 * may be followed all the same: `follows` asks WeCom.
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
 * Whether the member follows the contact now. WeCom is asked when what we know is old. A contact
 * that WeCom does not know is followed by nobody.
 */
export async function follows(ctx: Context, of: MemberAndContact): Promise<boolean> {
  try {
    return (await followedContact(ctx, of)) !== null
  } catch (error) {
    if (error instanceof Problem && error.code === 'contact_unknown') return false
    throw error
  }
}

function isFollower({ follows: relations }: KnownContact, userId: string): boolean {
  return relations.some((relation) => relation.userId === userId)
}
