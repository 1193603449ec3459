import { and, eq, isNotNull } from 'drizzle-orm'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { identities } from './tables.ts'

/**
 * Marks every identity of the person. Later evidence may part them, and then each still has the
 * visitor's choice.
 */
export async function setTrackingOff(
  tx: Transaction,
  personId: string,
  since: Date | null,
): Promise<void> {
  await tx.update(identities).set({ trackingOffAt: since }).where(eq(identities.personId, personId))
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
