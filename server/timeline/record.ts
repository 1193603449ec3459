import { sql } from 'drizzle-orm'
import type { MomentKind } from '../../shared/contract/timeline.ts'
import type { Context } from '../base/context.ts'
import type { Transaction } from '../base/db/database.ts'
import { notify } from '../base/db/listen.ts'
import { logSql } from './live/changes.ts'
import { momentsChannel } from './live/tell.ts'

export interface MomentDraft {
  /**
   * The id of the work order or of the child share, where there is one. Recording the same id again
   * changes nothing.
   */
  id: string
  corpId: string
  identityId: string
  kind: MomentKind
  occurredAt: Date
  /**
   * The share under which the visitor acted. It gives the material, and the contact to whom it was
   * pushed.
   */
  shareId?: string | null
  workorderId?: string | null
  item?: string | null
}

interface Changed extends Record<string, unknown> {
  identity_id: string
  target_identity_id: string | null
}

const log = sql.raw(
  `logged as (${logSql('changed')}) select identity_id, target_identity_id from changed`,
)

/** Adds a moment in the transaction of its cause. The live streams hear of both once it commits. */
export async function record(ctx: Context, tx: Transaction, draft: MomentDraft): Promise<void> {
  const {
    id,
    corpId,
    identityId,
    kind,
    occurredAt,
    shareId = null,
    workorderId = null,
    item = null,
  } = draft
  const { rows } = await tx.execute<Changed>(sql`with changed as (
    insert into moments (id, corp_id, identity_id, kind, occurred_at, updated_at, share_id,
      workorder_id, item, material_id, target_identity_id, member_userid)
    select ${id}::uuid, ${corpId}, ${identityId}::uuid, ${kind},
      ${occurredAt.toISOString()}::timestamptz, ${ctx.clock.now().toISOString()}::timestamptz,
      ${shareId}::uuid, ${workorderId}::uuid, ${item}::text, share.material_id,
      share.target_identity_id, share.member_userid
    from (select) as one
      left join shares as share on share.id = ${shareId}::uuid and share.corp_id = ${corpId}
    on conflict (id) do nothing
    returning id, identity_id, target_identity_id
    ), ${log}`)
  await wake(tx, rows)
}

/**
 * Tells the open timelines that a work order has changed (its status), so that they show it anew.
 */
export async function workorderChanged(
  ctx: Context,
  tx: Transaction,
  { workorderId, identityId }: { workorderId: string; identityId: string },
): Promise<void> {
  // By identity, because there is an index. A person has few work orders, and they are recent.
  const { rows } = await tx.execute<Changed>(sql`with changed as (
    update moments set revision = nextval('moment_revision'), txid = pg_current_xact_id(),
      updated_at = greatest(updated_at, ${ctx.clock.now().toISOString()}::timestamptz)
    where identity_id = ${identityId}::uuid and workorder_id = ${workorderId}::uuid
    returning id, identity_id, target_identity_id
    ), ${log}`)
  await wake(tx, rows)
}

/** Removes a moment whose cause was wrong. Returns false when there was none. */
export async function withdraw(tx: Transaction, id: string): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`delete from moments where id = ${id}::uuid`)
  return rowCount === 1
}

/** Whether these identities did anything. What a rep pushed to them is no act of theirs. */
export async function haveMoments(
  tx: Transaction,
  identityIds: readonly string[],
): Promise<boolean> {
  const { rows } = await tx.execute(
    sql`select from moments where identity_id = any(${sql.param([...identityIds])}::uuid[])
      and kind <> 'material.push' limit 1`,
  )
  return rows.length > 0
}

async function wake(tx: Transaction, changed: readonly Changed[]): Promise<void> {
  if (changed.length === 0) return
  const of = [
    ...new Set(changed.flatMap((row) => [row.identity_id, row.target_identity_id ?? []].flat())),
  ]
  await notify(tx, momentsChannel, JSON.stringify({ of }))
}
