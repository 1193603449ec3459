import type {
  Workorder,
  WorkorderEquipment,
  WorkorderSummary,
} from '../../shared/contract/workorders.ts'
import type { Context } from '../base/context.ts'
import { equipmentById, equipmentBySn } from '../equipment/index.ts'
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
  const [files, history, equipment] = await Promise.all([
    filesByIds(ctx.db, row.photoIds),
    statusesOf(ctx.db, row.id),
    machineOf(ctx, row),
  ])
  const { contactName, contactPhone, preferredAt, latitude, longitude, accuracy } = row
  return {
    ...presentSummary(row),
    contactName,
    contactPhone,
    photos: row.photoIds.flatMap((id) => files.get(id) ?? []).map((photo) => pictureOf(ctx, photo)),
    preferredAt: preferredAt?.toISOString() ?? null,
    equipment,
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

/** A machine that became known after the order was sent is shown as verified from then on. */
async function machineOf(
  { db }: Context,
  { corpId, equipmentId, equipmentSn: sn }: WorkorderRow,
): Promise<WorkorderEquipment | null> {
  const machine =
    equipmentId !== null
      ? await equipmentById(db, equipmentId)
      : sn !== null && (await equipmentBySn(db, corpId, sn))
  if (machine) return { ...machine, verified: true }
  return sn === null ? null : { id: null, sn, model: null, place: null, verified: false }
}
