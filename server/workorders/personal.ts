import { asc, inArray } from 'drizzle-orm'
import type { Context } from '../base/context.ts'
import type { Transaction } from '../base/db/database.ts'
import { nobody } from '../base/db/nobody.ts'
import { filesByIds, fileUrl } from '../files/index.ts'
import { workorders, workorderStatuses } from './tables.ts'

/** Returns the orders of these identities, with their history and the addresses of their photos. */
export async function personalWorkorders(
  ctx: Context,
  identityIds: readonly string[],
): Promise<object[]> {
  const rows = await ctx.db
    .select()
    .from(workorders)
    .where(inArray(workorders.identityId, [...identityIds]))
    .orderBy(asc(workorders.createdAt), asc(workorders.id))
  if (rows.length === 0) return []
  const history = await ctx.db
    .select()
    .from(workorderStatuses)
    .where(
      inArray(
        workorderStatuses.workorderId,
        rows.map(({ id }) => id),
      ),
    )
    .orderBy(asc(workorderStatuses.workorderId), asc(workorderStatuses.position))
  const photos = await filesByIds(
    ctx.db,
    rows.flatMap(({ photoIds }) => photoIds),
  )
  return rows.map((row) => ({
    ...row,
    // Null says nothing to a reader of the document; the form offered «尽快».
    preferred: row.preferredAt === null ? 'as_soon_as_possible' : 'at_time',
    photos: row.photoIds.flatMap((id) => photos.get(id) ?? []).map((photo) => fileUrl(ctx, photo)),
    history: history.filter(({ workorderId }) => workorderId === row.id),
  }))
}

/**
 * Removes sender, place and reason from the orders of these identities. The company's own record
 * stays: that there was an order, of which kind, on which known machine, and when. A number that
 * the customer typed may be anything, so it goes. Returns how many changed.
 */
export async function forgetWorkorders(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<number> {
  const blanked = await tx
    .update(workorders)
    .set({
      identityId: nobody,
      description: '',
      contactName: '',
      contactPhone: '',
      photoIds: [],
      preferredAt: null,
      equipmentSn: null,
      locationName: '',
      locationAddress: '',
      latitude: null,
      longitude: null,
      accuracy: null,
    })
    .where(inArray(workorders.identityId, [...identityIds]))
    .returning({ id: workorders.id })
  const ids = blanked.map(({ id }) => id)
  if (ids.length > 0)
    await tx
      .update(workorderStatuses)
      .set({ note: '' })
      .where(inArray(workorderStatuses.workorderId, ids))
  return ids.length
}
