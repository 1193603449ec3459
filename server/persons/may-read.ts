import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import { followedSql, follows, followsCountSince, knownToFollow } from '../contacts/index.ts'
import { holderOf, identitiesOfPersons, type IdentityRow, personExists } from '../identity/index.ts'
import type { Permission } from '../timeline/index.ts'

export interface MemberAndPerson {
  corpId: string
  userId: string
  personId: string
}

/**
 * Whether the member may read the person, which means that the member follows one of the person's
 * contacts. A visitor without a contact is nobody's customer yet. `current` is the present person:
 * after a merge an old address leads to the person who holds the identities.
 */
export async function canRead(
  ctx: Context,
  { corpId, userId, personId }: MemberAndPerson,
): Promise<{ current: string } | 'person_unknown' | 'contact_not_followed'> {
  const { current, identities } = await holding(ctx, personId)
  const isOfCorp = identities[0]
    ? identities[0].corpId === corpId
    : await personExists(ctx.db, corpId, personId)
  if (!isOfCorp) return 'person_unknown'
  const followed = await followsOneOf(ctx, { corpId, userId }, identities)
  return followed ? { current } : 'contact_not_followed'
}

/**
 * Checks that the member may read the person, and returns the present person.
 * @throws Problem `person_unknown`, `contact_not_followed`
 */
export async function mayRead(ctx: Context, who: MemberAndPerson): Promise<string> {
  const answer = await canRead(ctx, who)
  return typeof answer === 'string' ? fail(answer) : answer.current
}

/**
 * Checks that the member may read one of several present persons of the corp.
 * @throws Problem `contact_not_followed`
 */
export async function mayReadOneOf(
  ctx: Context,
  { corpId, userId, personIds }: { corpId: string; userId: string; personIds: readonly string[] },
): Promise<void> {
  const identities = await identitiesOfPersons(ctx.db, personIds)
  if (!(await followsOneOf(ctx, { corpId, userId }, identities))) fail('contact_not_followed')
}

/**
 * Returns the same rule for a statement that reads the person's rows anyway. It uses WeCom's recent
 * answers and asks nothing. Its "no" is not final: `mayRead` decides.
 */
export function readPermission(
  ctx: Pick<Context, 'clock'>,
  { corpId, userId }: Pick<MemberAndPerson, 'corpId' | 'userId'>,
): Permission {
  return {
    sql: (personId, [corp = '', member = '', since = '']) => `exists (
  select from identities as own cross join lateral (
    select fetched_at, follows, lost, refusal from contacts
    where corp_id = own.corp_id and external_userid = own.value limit 1) as contacts
  where own.person_id = ${personId} and own.kind = 'external_userid'
    and own.corp_id = ${corp}::text and ${followedSql({ member, since })})`,
    values: [corpId, userId, followsCountSince(ctx)],
  }
}

async function followsOneOf(
  ctx: Context,
  { corpId, userId }: { corpId: string; userId: string },
  identities: readonly IdentityRow[],
): Promise<boolean> {
  const externalUserIds = identities.flatMap(({ kind, value }) =>
    kind === 'external_userid' ? value : [],
  )
  if (externalUserIds.length === 0) return false
  if (await knownToFollow(ctx, { corpId, userId, externalUserIds })) return true
  let doubt: unknown
  for (const externalUserId of externalUserIds) {
    try {
      if (await follows(ctx, { corpId, userId, externalUserId })) return true
    } catch (error) {
      // WeCom may refuse to speak of one contact and name the member for another.
      doubt ??= error
    }
  }
  if (doubt !== undefined) throw doubt
  return false
}

async function holding(
  { db }: Context,
  personId: string,
): Promise<{ current: string; identities: IdentityRow[] }> {
  const identities = await identitiesOfPersons(db, [personId])
  if (identities.length > 0) return { current: personId, identities }
  const current = await holderOf(db, personId)
  return { current, identities: await identitiesOfPersons(db, [current]) }
}
