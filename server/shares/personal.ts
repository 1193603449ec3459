import { asc, inArray, or } from 'drizzle-orm'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { shares } from './tables.ts'

/** Returns what was pushed to these identities, and what they handed on. */
export async function personalShares(
  q: Queryable,
  identityIds: readonly string[],
): Promise<object[]> {
  return q
    .select()
    .from(shares)
    .where(
      or(
        inArray(shares.targetIdentityId, [...identityIds]),
        inArray(shares.forwarderIdentityId, [...identityIds]),
      ),
    )
    .orderBy(asc(shares.createdAt), asc(shares.id))
}

/**
 * Removes receiver and forwarder from shares, and what a client said when a push failed. The shares
 * stay, because others read under them.
 * Returns how many changed.
 */
export async function forgetShares(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<number> {
  const ids = [...identityIds]
  const pushed = await tx
    .update(shares)
    .set({ targetIdentityId: null, reason: null })
    .where(inArray(shares.targetIdentityId, ids))
    .returning({ id: shares.id })
  const forwarded = await tx
    .update(shares)
    .set({ forwarderIdentityId: null })
    .where(inArray(shares.forwarderIdentityId, ids))
    .returning({ id: shares.id })
  return new Set([...pushed, ...forwarded].map(({ id }) => id)).size
}
