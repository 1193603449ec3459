import { inArray } from 'drizzle-orm'
import type { Transaction } from '../base/db/database.ts'
import { identities } from './tables.ts'

/**
 * Marks these identities: each has the visitor's choice of its own. Later evidence may part them,
 * and then each still has it.
 */
export async function setTrackingOff(
  tx: Transaction,
  identityIds: readonly string[],
  since: Date | null,
): Promise<void> {
  await tx
    .update(identities)
    .set({ trackingOffAt: since })
    .where(inArray(identities.id, [...identityIds]))
}
