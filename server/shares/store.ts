import { and, desc, eq, ne, notInArray } from 'drizzle-orm'
import * as v from 'valibot'
import { ShareState } from '../../shared/contract/materials.ts'
import type { Queryable } from '../base/db/database.ts'
import { type Before, olderThan } from '../base/db/cursor.ts'
import { shares } from './tables.ts'

export type ShareRow = Omit<typeof shares.$inferSelect, 'state'> & {
  state: v.InferOutput<typeof ShareState>
}

export async function insertShare(q: Queryable, row: ShareRow): Promise<boolean> {
  const made = await q.insert(shares).values(row).onConflictDoNothing().returning({ id: shares.id })
  return made.length > 0
}

export async function shareById(
  q: Queryable,
  corpId: string,
  id: string,
): Promise<ShareRow | undefined> {
  const [row] = await q
    .select()
    .from(shares)
    .where(and(eq(shares.id, id), eq(shares.corpId, corpId)))
  return row && readShare(row)
}

/**
 * Records the outcome of a push. A sent share stays sent: a late "cancelled" of another window is
 * wrong. Returns whether this changed the state of a share that was not sent yet.
 */
export async function updateShareState(
  q: Queryable,
  { id, state, reason }: { id: string; state: ShareRow['state']; reason: string | null },
): Promise<boolean> {
  const changed = await q
    .update(shares)
    .set({ state, reason })
    .where(and(eq(shares.id, id), ne(shares.state, 'sent')))
    .returning({ id: shares.id })
  return changed.length > 0
}

/**
 * Returns what a member pushed to a contact, newest first. Pushes that were never sent are left
 * out.
 */
export async function sharesTo(
  q: Queryable,
  {
    corpId,
    userId,
    targetIdentityId,
    before,
    limit,
  }: { corpId: string; userId: string; targetIdentityId: string; before: Before; limit: number },
): Promise<ShareRow[]> {
  const rows = await q
    .select()
    .from(shares)
    .where(
      and(
        eq(shares.corpId, corpId),
        eq(shares.memberUserId, userId),
        eq(shares.targetIdentityId, targetIdentityId),
        notInArray(shares.state, ['cancelled', 'failed']),
        olderThan(shares.createdAt, shares.id, before),
      ),
    )
    .orderBy(desc(shares.createdAt), desc(shares.id))
    .limit(limit)
  return rows.map(readShare)
}

function readShare(row: typeof shares.$inferSelect): ShareRow {
  return { ...row, state: v.parse(ShareState, row.state) }
}
