import type { Context } from '../base/context.ts'
import { contactRow } from './store.ts'

export { cardOf } from './members/card.ts'
export {
  followedSql,
  follows,
  followsCountSince,
  isNotedFollower,
  knownToFollow,
} from './follows.ts'
export { memberName, memberNames, memberProfile } from './members/names.ts'
export { confirmMember, expectMember } from './members/standing.ts'

/** Returns the contact's own name as WeCom told it last; null when it never did. */
export async function contactName(
  ctx: Context,
  { corpId, externalUserId }: { corpId: string; externalUserId: string },
): Promise<string | null> {
  return (await contactRow(ctx.db, corpId, externalUserId))?.profile.name ?? null
}
