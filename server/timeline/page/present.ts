import * as v from 'valibot'
import { MaterialKind } from '../../../shared/contract/materials.ts'
import { MomentKind, type Moment, silentAfterMs } from '../../../shared/contract/timeline.ts'
import { WorkorderStatus, WorkorderType } from '../../../shared/contract/workorders.ts'
import type { Context } from '../../base/context.ts'
import { fileUrl } from '../../files/index.ts'
import { isoOf } from '../../base/db/times.ts'
import { maskedLabel } from '../../base/masked.ts'
import type { Names } from './names.ts'
import type { MomentRow } from './queries.ts'

export function presentMoment(
  ctx: Pick<Context, 'config' | 'clock'>,
  row: MomentRow,
  names: Names,
): Moment {
  const updatedAt = isoOf(row.updated_at)
  return {
    id: row.id,
    kind: v.parse(MomentKind, row.kind),
    occurredAt: isoOf(row.occurred_at),
    updatedAt,
    revision: Number(row.revision),
    confirmed: row.confirmed,
    identity: {
      id: row.identity_id,
      kind: row.identity_kind,
      label: maskedLabel(row.identity_kind, row.identity_value),
    },
    material: material(ctx, row, names),
    share:
      row.share_id === null
        ? null
        : {
            id: row.share_id,
            memberUserId: row.share_member,
            memberName: names.member(row),
            contactName: row.contact_name,
            forwards: row.share_forwards ?? 0,
          },
    push: row.push_opened === null ? null : { opened: row.push_opened },
    view: row.kind === 'material.view' ? view(ctx, row, updatedAt) : null,
    forward:
      row.kind === 'material.share'
        ? { openedAt: row.forward_opened_at && isoOf(row.forward_opened_at) }
        : null,
    workorder: workorder(row),
    item: row.item,
  }
}

function material(
  ctx: Pick<Context, 'config' | 'clock'>,
  { material_id: id }: MomentRow,
  names: Names,
): Moment['material'] {
  if (id === null) return null
  const known = names.material(id)
  return {
    id,
    kind: v.parse(MaterialKind, known?.kind),
    title: known?.title ?? '',
    coverUrl: known?.coverFileId ? fileUrl(ctx, { id: known.coverFileId, access: 'public' }) : null,
  }
}

function view(ctx: Pick<Context, 'clock'>, row: MomentRow, updatedAt: string): Moment['view'] {
  const { depth_unit: unit, depth_reached: reached, depth_total: total } = row
  const seenAt = row.seen_at === null ? updatedAt : isoOf(row.seen_at)
  const left = Date.parse(seenAt) + silentAfterMs - ctx.clock.now().getTime()
  const presentForMs = row.ended ? 0 : Math.min(silentAfterMs, Math.max(0, left))
  return {
    activeSeconds: row.active_seconds,
    depth: unit === null || reached === null || total === null ? null : { unit, reached, total },
    ongoing: presentForMs > 0,
    presentForMs,
  }
}

function workorder(row: MomentRow): Moment['workorder'] {
  if (row.workorder_id === null) return null
  return {
    id: row.workorder_id,
    number: row.workorder_number ?? '',
    type: v.parse(WorkorderType, row.workorder_type),
    status: v.parse(WorkorderStatus, row.workorder_status),
    place: row.workorder_place,
  }
}
