import type { Identity } from '../../shared/contract/contacts.ts'
import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import { partsOf, tiesOf } from './merge/ties.ts'
import { presentIdentities } from './present.ts'
import { identitiesOfPersons, identityById, type IdentityRow } from './store.ts'

export { openQuestionsOf, settleQuestion } from './evidence/answer.ts'
export { questionById, type QuestionRow } from './evidence/store.ts'
export { holderOf } from './merge/merge.ts'
export { tellOthersOf, tellReadersUnder } from './merge/regroup.ts'
export { ownIdentities } from './merge/ties.ts'
export { undoMerge } from './merge/undo.ts'
export { type Named, personNamed, takeOutOwn } from './personal.ts'
export { contactSeen, type Seen, visitorSeen } from './seen.ts'
export {
  findIdentity,
  identitiesByIds,
  identitiesOfPersons,
  type IdentityRow,
  mergeById,
  type MergeRow,
  mergesBelow,
  mergesOf,
  personExists,
  siblingsOf,
} from './store.ts'
export { holdOwn, isTrackingOff, setTrackingOff } from './tracking.ts'
export { holdIdentity } from './visitors.ts'

/** Returns the person to whom an identity belongs now. @throws Problem `person_unknown` */
export async function personOf(ctx: Context, identityId: string): Promise<string> {
  const row = await identityById(ctx.db, identityId)
  if (!row) fail('person_unknown')
  return row.personId
}

/**
 * Returns a person's identities, masked for members, in the order in which they were found. `only`
 * these, when the reader may not see all of them.
 */
export async function shownIdentities(
  ctx: Context,
  personId: string,
  only?: readonly string[],
): Promise<Identity[]> {
  const rows = await identitiesOfPersons(ctx.db, [personId])
  return presentIdentities(only ? rows.filter(({ id }) => only.includes(id)) : rows)
}

/**
 * Returns the parts of a person. Followers of a contact read the whole part that holds it, and
 * nothing of the others (decision 0025).
 */
export async function partsOfPerson(
  ctx: Context,
  personId: string,
): Promise<(readonly IdentityRow[])[]> {
  return partsOf(await tiesOf(ctx.db, personId)).all()
}
