import { and, eq, gte, inArray } from 'drizzle-orm'
import type { Context } from '../base/context.ts'
import { moments } from './tables.ts'

/**
 * Returns which of these shares were opened; all of them were pushed to one contact. It reads the
 * contact's moments since the oldest share, by index.
 */
export async function openedShares(
  ctx: Context,
  targetIdentityId: string,
  shares: readonly { id: string; createdAt: Date }[],
): Promise<ReadonlySet<string>> {
  if (shares.length === 0) return new Set()
  // A minute of tolerance: the times of moments are corrected for wrong clocks, and the correction
  // is not exact.
  const oldest = new Date(Math.min(...shares.map(({ createdAt }) => createdAt.getTime())) - 60_000)
  const rows = await ctx.db
    .selectDistinct({ shareId: moments.shareId })
    .from(moments)
    .where(
      and(
        eq(moments.targetIdentityId, targetIdentityId),
        gte(moments.occurredAt, oldest),
        eq(moments.kind, 'material.view'),
        inArray(
          moments.shareId,
          shares.map(({ id }) => id),
        ),
      ),
    )
  return new Set(rows.flatMap(({ shareId }) => shareId ?? []))
}
