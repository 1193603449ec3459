import { follows } from '../contacts/index.ts'
import type { Context } from '../context.ts'
import { fail } from '../http/problem.ts'
import { holderOf } from './merge.ts'
import { identitiesOfPersons, personExists, type IdentityRow } from './store.ts'

export interface ReadablePerson {
  /** The person as of now: an address from before a merge leads to whoever it was merged into. */
  personId: string
  identities: readonly IdentityRow[]
}

/**
 * What a member may read of a person: everything, when they follow one of the person's contacts; nothing otherwise. A visitor whom nothing links to a
 * contact is nobody's customer yet.
 * @throws Problem `person_unknown`, `contact_not_followed`
 */
export async function readPerson(
  ctx: Context,
  { corpId, userId, personId }: { corpId: string; userId: string; personId: string },
): Promise<ReadablePerson> {
  const current = await currentPerson(ctx, corpId, personId)
  const identities = await identitiesOfPersons(ctx.db, [current])
  for (const identity of identities) {
    if (identity.kind !== 'external_userid') continue
    if (await follows(ctx, { corpId, userId, externalUserId: identity.value })) return { personId: current, identities }
  }
  fail('contact_not_followed')
}

/** @throws Problem `person_unknown` */
async function currentPerson(ctx: Context, corpId: string, personId: string): Promise<string> {
  if (!(await personExists(ctx.db, corpId, personId))) fail('person_unknown')
  return holderOf(ctx.db, personId)
}
