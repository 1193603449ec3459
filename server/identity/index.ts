import type { Identity } from '../../shared/contract/contacts.ts'
import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import { presentIdentity } from './label.ts'
import { identitiesOfPersons, identityById } from './store.ts'

export { mayRead } from '../persons/may-read.ts'
export { maskedLabel } from './label.ts'
export { forgetPendingIds, recognize } from './conversion/recognize.ts'
export { identityChannel, regroupings, tellOthersOf, tellReadersUnder } from './merge/regroup.ts'
export {
  forgetTies,
  holdIdentity,
  identitiesOfPerson,
  isTrackingOff,
  openVisitors,
  personalIdentities,
  personNamed,
  setTrackingOff,
  takeOutPerson,
  type Visitors,
  wholePerson,
} from './personal.ts'
export { identityRoutes } from '../persons/routes.ts'
export { contactSeen, visitorSeen, type Seen } from './seen.ts'
export { undoMerge } from './merge/undo.ts'

/** The one person to whom an identity belongs now. @throws Problem `person_unknown` */
export async function personOf(ctx: Context, identityId: string): Promise<string> {
  const row = await identityById(ctx.db, identityId)
  if (!row) fail('person_unknown')
  return row.personId
}

/** The identities of a person, masked, in the order in which they were found. */
export async function identitiesOf(ctx: Context, personId: string): Promise<Identity[]> {
  return (await identitiesOfPersons(ctx.db, [personId])).map(presentIdentity)
}
