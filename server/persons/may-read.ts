import { follows, knownToFollow } from '../contacts/index.ts'
import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import { holderOf } from '../identity/merge/merge.ts'
import { identitiesOfPersons, personExists, type IdentityRow, whoIs } from '../identity/store.ts'

/**
 * Lets a member through who follows one of the person's contacts, and says who the person is now:
 * an address from before a merge leads to whoever it was merged into. A visitor whom nothing links
 * to a contact is nobody's customer yet.
 * @throws Problem `person_unknown`, `contact_not_followed`
 */
export async function mayRead(
  ctx: Context,
  { corpId, userId, personId }: { corpId: string; userId: string; personId: string },
): Promise<string> {
  const { current, identities } = await readable(ctx, corpId, personId)
  await followsOneOf(ctx, { corpId, userId }, identities)
  return current
}

/**
 * Lets a member through who may read one of several persons of the corp, as they are now.
 * @throws Problem `contact_not_followed`
 */
export async function mayReadOneOf(
  ctx: Context,
  { corpId, userId, personIds }: { corpId: string; userId: string; personIds: readonly string[] },
): Promise<void> {
  await followsOneOf(ctx, { corpId, userId }, await identitiesOfPersons(ctx.db, personIds))
}

async function followsOneOf(
  ctx: Context,
  { corpId, userId }: { corpId: string; userId: string },
  identities: readonly ContactOrOther[],
): Promise<void> {
  const contacts = identities.flatMap(({ kind, value }) =>
    kind === 'external_userid' ? value : [],
  )
  if (
    contacts.length > 0 &&
    (await knownToFollow(ctx, { corpId, userId, externalUserIds: contacts }))
  )
    return
  for (const externalUserId of contacts)
    if (await follows(ctx, { corpId, userId, externalUserId })) return
  fail('contact_not_followed')
}

type ContactOrOther = Pick<IdentityRow, 'corpId' | 'kind' | 'value'>

async function readable(
  ctx: Context,
  corpId: string,
  personId: string,
): Promise<{ current: string; identities: readonly ContactOrOther[] }> {
  const identities = await whoIs(ctx.db, personId)
  if (identities[0]) {
    if (identities[0].corpId !== corpId) fail('person_unknown')
    return { current: personId, identities }
  }
  if (!(await personExists(ctx.db, corpId, personId))) fail('person_unknown')
  const current = await holderOf(ctx.db, personId)
  return { current, identities: await whoIs(ctx.db, current) }
}
