import { and, eq, inArray, isNotNull } from 'drizzle-orm'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { noteRegrouping, tellOfPersons } from './merge/regroup.ts'
import { identities } from './tables.ts'

/**
 * Marks these identities: each has the visitor's choice of its own. Later evidence may part them,
 * and then each still has it. Open timelines are read anew, because the forwards of somebody who
 * does not want to be tracked are not shown.
 */
export async function setTrackingOff(
  tx: Transaction,
  identityIds: readonly string[],
  since: Date | null,
): Promise<void> {
  const changed = await tx
    .update(identities)
    .set({ trackingOffAt: since })
    .where(inArray(identities.id, [...identityIds]))
    .returning({ personId: identities.personId })
  await tellOfPersons(tx, [...new Set(changed.map(({ personId }) => personId))])
  await noteRegrouping(tx, identityIds)
}

/** Whether one identity of the person refused tracking. */
export async function isTrackingOff(q: Queryable, personId: string): Promise<boolean> {
  const rows = await q
    .select({ id: identities.id })
    .from(identities)
    .where(and(eq(identities.personId, personId), isNotNull(identities.trackingOffAt)))
    .limit(1)
  return rows.length > 0
}
