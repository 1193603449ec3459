import { and, eq, gt, inArray, lte } from 'drizzle-orm'
import type { Queryable } from '../../base/db/database.ts'
import { pendingIds } from '../tables.ts'

export type PendingRow = typeof pendingIds.$inferSelect

export async function keepPending(q: Queryable, row: PendingRow): Promise<void> {
  await q
    .insert(pendingIds)
    .values(row)
    .onConflictDoUpdate({
      target: [pendingIds.corpId, pendingIds.pendingId, pendingIds.identityId],
      set: { expiresAt: row.expiresAt },
    })
}

/** Whether WeCom's pending id for one of these identities is still valid. */
export async function isPending(
  q: Queryable,
  identityIds: readonly string[],
  now: Date,
): Promise<boolean> {
  const rows = await q
    .select({ id: pendingIds.pendingId })
    .from(pendingIds)
    .where(and(inArray(pendingIds.identityId, [...identityIds]), gt(pendingIds.expiresAt, now)))
    .limit(1)
  return rows.length > 0
}

/** Whether the corp has any pending visitors. */
export async function somebodyIsPending(q: Queryable, corpId: string, now: Date): Promise<boolean> {
  const rows = await q
    .select({ id: pendingIds.pendingId })
    .from(pendingIds)
    .where(and(eq(pendingIds.corpId, corpId), gt(pendingIds.expiresAt, now)))
    .limit(1)
  return rows.length > 0
}

export async function identitiesPendingAs(
  q: Queryable,
  corpId: string,
  pendingId: string,
  now: Date,
): Promise<string[]> {
  const rows = await q
    .select({ identityId: pendingIds.identityId })
    .from(pendingIds)
    .where(
      and(
        eq(pendingIds.corpId, corpId),
        eq(pendingIds.pendingId, pendingId),
        gt(pendingIds.expiresAt, now),
      ),
    )
  return rows.map(({ identityId }) => identityId)
}

export async function dropPending(q: Queryable, identityId: string): Promise<void> {
  await q.delete(pendingIds).where(eq(pendingIds.identityId, identityId))
}

export async function dropExpired(q: Queryable, now: Date): Promise<void> {
  await q.delete(pendingIds).where(lte(pendingIds.expiresAt, now))
}
