import type { Identity } from '../../shared/contract/contacts.ts'
import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import { presentIdentity } from './present.ts'
import { identitiesOfPersons, identityById } from './store.ts'

export { openQuestionsOf, settleQuestion } from './evidence/answer.ts'
export { questionById, type QuestionRow } from './evidence/store.ts'
export { holderOf } from './merge/merge.ts'
export { tellOthersOf, tellReadersUnder } from './merge/regroup.ts'
export { undoMerge } from './merge/undo.ts'
export { personNamed, takeOutPerson } from './personal.ts'
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
export { isTrackingOff, setTrackingOff } from './tracking.ts'
export { holdIdentity } from './visitors.ts'

/** Returns the person to whom an identity belongs now. @throws Problem `person_unknown` */
export async function personOf(ctx: Context, identityId: string): Promise<string> {
  const row = await identityById(ctx.db, identityId)
  if (!row) fail('person_unknown')
  return row.personId
}

/** Returns a person's identities, masked for members, in the order in which they were found. */
export async function shownIdentities(ctx: Context, personId: string): Promise<Identity[]> {
  return (await identitiesOfPersons(ctx.db, [personId])).map(presentIdentity)
}
