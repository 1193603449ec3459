import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import { followedSql, follows, followsCountSince, knownToFollow } from '../contacts/index.ts'
import {
  holderOf,
  identitiesByIds,
  identitiesOfPersons,
  type IdentityRow,
  partsOfPerson,
  personExists,
} from '../identity/index.ts'
import type { Permission } from '../timeline/index.ts'

export interface MemberAndPerson {
  corpId: string
  userId: string
  personId: string
}

/** What a member may read of a person. */
export interface Readable {
  /** The present person: after a merge an old address leads to who holds the identities. */
  personId: string
  /** The identities of the parts that the member may read. */
  identityIds: string[]
  /** False when a member joined customers over two contacts, and the reader follows not all. */
  isWhole: boolean
}

/**
 * Returns what the member may read of a person: every part with a contact whom the member follows.
 * A visitor without a contact is nobody's customer yet.
 */
export async function readableOf(
  ctx: Context,
  { corpId, userId, personId }: MemberAndPerson,
): Promise<Readable | 'person_unknown' | 'contact_not_followed'> {
  const { current, identities } = await holding(ctx, personId)
  const isOfCorp = identities[0]
    ? identities[0].corpId === corpId
    : await personExists(ctx.db, corpId, personId)
  if (!isOfCorp) return 'person_unknown'
  const contacts = identities.filter(({ kind }) => kind === 'external_userid')
  const parts = contacts.length > 1 ? await partsOfPerson(ctx, current) : [identities]
  const followed = await followedParts(ctx, { corpId, userId }, parts)
  if (followed.length === 0) return 'contact_not_followed'
  return {
    personId: current,
    identityIds: followed.flatMap((part) => part.map(({ id }) => id)),
    isWhole: followed.length === parts.length,
  }
}

/**
 * Checks that the member may read the person, and returns what of it.
 * @throws Problem `person_unknown`, `contact_not_followed`
 */
export async function mayRead(ctx: Context, who: MemberAndPerson): Promise<Readable> {
  const answer = await readableOf(ctx, who)
  return typeof answer === 'string' ? fail(answer) : answer
}

/** Whether the member may read this identity. It is false for an identity that is gone. */
export async function mayReadIdentity(
  ctx: Context,
  { corpId, userId }: Pick<MemberAndPerson, 'corpId' | 'userId'>,
  identityId: string,
): Promise<boolean> {
  const own = (await identitiesByIds(ctx.db, [identityId])).get(identityId)
  if (!own) return false
  const readable = await readableOf(ctx, { corpId, userId, personId: own.personId })
  return typeof readable !== 'string' && readable.identityIds.includes(identityId)
}

/**
 * Returns the same rule for a statement that reads the person's rows anyway. It uses WeCom's recent
 * answers and asks nothing. Its "no" is not final: `mayRead` decides. It says no to a person with
 * two contacts, of whom the member may read a part.
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
    and own.corp_id = ${corp}::text and ${followedSql({ member, since })}
    and not exists (
      select from identities as other where other.person_id = ${personId}
        and other.kind = 'external_userid' and other.id <> own.id))`,
    values: [corpId, userId, followsCountSince(ctx)],
  }
}

/** Returns the parts that hold a contact whom the member follows. */
async function followedParts(
  ctx: Context,
  { corpId, userId }: Pick<MemberAndPerson, 'corpId' | 'userId'>,
  parts: readonly (readonly IdentityRow[])[],
): Promise<(readonly IdentityRow[])[]> {
  const found: (readonly IdentityRow[])[] = []
  let failure: unknown
  for (const part of parts) {
    try {
      if (await followsOneOf(ctx, { corpId, userId }, part)) found.push(part)
    } catch (error) {
      // What WeCom says of one contact is no reason to refuse another.
      failure = error
    }
  }
  if (found.length === 0 && failure !== undefined) throw failure
  return found
}

async function followsOneOf(
  ctx: Context,
  { corpId, userId }: Pick<MemberAndPerson, 'corpId' | 'userId'>,
  identities: readonly IdentityRow[],
): Promise<boolean> {
  const externalUserIds = contactsAmong(identities)
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

export function contactsAmong(identities: readonly IdentityRow[]): string[] {
  return identities.flatMap(({ kind, value }) => (kind === 'external_userid' ? value : []))
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
