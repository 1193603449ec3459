import type { WorkorderStatus } from '../../shared/contract/workorders.ts'
import type { Context } from '../base/context.ts'
import { transact } from '../base/db/database.ts'
import { fail } from '../base/problem.ts'
import type { VisitorSubject } from '../base/http/session/sessions.ts'
import { record, workorderChanged } from '../timeline/index.ts'
import { readableWorkorder } from './access.ts'
import { addStatus, lockWorkorder } from './store.ts'
import { holdVisitor } from '../base/http/session/visitors.ts'

/** Whether the order is done or withdrawn, so that nothing more can happen to it. */
export function isClosed(status: WorkorderStatus): boolean {
  return status === 'done' || status === 'cancelled'
}

/** Withdraws the visitor's own order. @throws Problem `workorder_unknown`, `workorder_closed` */
export async function cancel(
  ctx: Context,
  session: VisitorSubject,
  id: string,
  reason: string,
): Promise<void> {
  await readableWorkorder(ctx, session, id)
  await transact(ctx.db, async (tx) => {
    await holdVisitor(ctx, tx, session.identityId)
    const row = await lockWorkorder(tx, session.corpId, id)
    if (!row) fail('workorder_unknown')
    if (isClosed(row.status)) fail('workorder_closed')
    const at = ctx.clock.now()
    await addStatus(tx, { workorderId: id, status: 'cancelled', by: 'visitor', note: reason, at })
    const { corpId, shareId } = row
    await record(ctx, tx, {
      id: ctx.random.id(),
      corpId,
      identityId: session.identityId,
      kind: 'workorder.cancel',
      occurredAt: at,
      shareId,
      workorderId: id,
    })
    await workorderChanged(ctx, tx, { workorderId: id, identityId: row.identityId })
  })
}
