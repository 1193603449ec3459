import type { Workorder, WorkorderSummary } from '../../shared/contract/workorders.ts'
import type { Context } from '../base/context.ts'
import { equipmentById } from '../equipment/index.ts'
import { filesByIds, pictureOf } from '../files/index.ts'
import type { Subject } from '../base/http/session/sessions.ts'
import { isClosed } from './cancel.ts'
import { statusesOf, type WorkorderRow } from './store.ts'

export function presentSummary({
  id,
  number,
  type,
  status,
  description,
  locationName,
  locationAddress,
  createdAt,
}: WorkorderRow): WorkorderSummary {
  return {
    id,
    number,
    type,
    status,
    description,
    place: locationName || locationAddress || null,
    createdAt: createdAt.toISOString(),
  }
}

export async function presentWorkorder(
  ctx: Context,
  session: Subject,
  row: WorkorderRow,
): Promise<Workorder> {
  const [files, history, machine] = await Promise.all([
    filesByIds(ctx.db, row.photoIds),
    statusesOf(ctx.db, row.id),
    row.equipmentId === null ? undefined : equipmentById(ctx.db, row.equipmentId),
  ])
  const { contactName, contactPhone, preferredAt, latitude, longitude, accuracy } = row
  return {
    ...presentSummary(row),
    contactName,
    contactPhone,
    photos: row.photoIds.flatMap((id) => files.get(id) ?? []).map((photo) => pictureOf(ctx, photo)),
    preferredAt: preferredAt?.toISOString() ?? null,
    equipment: machine ?? null,
    location: {
      source: row.locationSource,
      name: row.locationName,
      address: row.locationAddress,
      latitude,
      longitude,
      accuracy,
    },
    history: history.map(({ status, at, by, note }) => ({
      status,
      at: at.toISOString(),
      by,
      note,
    })),
    canCancel: session.kind === 'visitor' && !isClosed(row.status),
  }
}
