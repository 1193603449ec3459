import type { Context } from '../base/context.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { follows, isNotedFollower } from '../contacts/index.ts'
import { identitiesByIds, type IdentityRow, partsOfPerson } from '../identity/index.ts'
import { targetsOf } from '../timeline/index.ts'
import { contactsAmong } from './may-read.ts'

/** One of two whom a member may join or part. */
export interface Side {
  identity: IdentityRow
  /** WeCom's id of a contact of this side whom the member follows; null when it has no contact. */
  contact: string | null
  /** The part of its person that holds it. */
  part: readonly IdentityRow[]
}

/**
 * Returns the two sides when the member may say whether they are one human, otherwise null. The
 * member follows a contact of each side. A side without a contact is nobody's customer; the
 * followers of the other side decide about it (decision 0025).
 *
 * `isMembersWord`: only a number that a member typed connects the two. A visitor without a contact
 * then counts only when the visitor stands on the other side's timeline already. Otherwise anybody
 * could type numbers and learn who has them.
 */
export async function settleableBetween(
  ctx: Context,
  member: MemberSubject,
  { between, isMembersWord }: { between: readonly [string, string]; isMembersWord: boolean },
): Promise<[Side, Side] | null> {
  const identities = await identitiesByIds(ctx.db, between)
  const [one, other] = between.map((id) => identities.get(id))
  if (!one || !other || one.corpId !== member.corpId) return null
  const [left, right] = [await sideOf(ctx, member, one), await sideOf(ctx, member, other)]
  if (!left || !right || (left.contact === null && right.contact === null)) return null
  if (isMembersWord && !(await isSeenBySide(ctx, left, right))) return null
  if (isMembersWord && !(await isSeenBySide(ctx, right, left))) return null
  return [left, right]
}

/** Whether this side has a contact, or the other side's timeline shows what it did. */
async function isSeenBySide(ctx: Context, side: Side, other: Side): Promise<boolean> {
  if (side.contact !== null) return true
  const ids = side.part.map(({ id }) => id)
  return (await targetsOf(ctx.db, ids)).includes(other.identity.personId)
}

/** Returns null when the side has contacts, and the member follows none of them. */
async function sideOf(
  ctx: Context,
  { corpId, userId }: MemberSubject,
  identity: IdentityRow,
): Promise<Side | null> {
  const parts = await partsOfPerson(ctx, identity.personId)
  const part = parts.find((rows) => rows.some(({ id }) => id === identity.id)) ?? [identity]
  const contacts = contactsAmong(part)
  if (contacts.length === 0) return { identity, contact: null, part }
  for (const externalUserId of contacts) {
    const of = { corpId, userId, externalUserId }
    // WeCom is asked only about contacts whom it has named as the member's before.
    if ((await isNotedFollower(ctx, of)) && (await follows(ctx, of).catch(() => false)))
      return { identity, contact: externalUserId, part }
  }
  return null
}
