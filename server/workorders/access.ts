import type { Context } from '../base/context.ts'
import { nobody } from '../base/db/nobody.ts'
import { fail } from '../base/problem.ts'
import type { Subject } from '../base/http/session/sessions.ts'
import { ownIdentities, siblingsOf } from '../identity/index.ts'
import { mayReadIdentity } from '../persons/index.ts'
import { shareById } from '../shares/index.ts'
import { workorderById, type WorkorderRow } from './store.ts'
import { expectVisitor } from '../base/http/session/visitors.ts'

/**
 * Returns an order that the caller may see. A visitor sees orders of its own identities. A member
 * sees orders on the timelines of contacts whom it follows.
 * @throws Problem `workorder_unknown`, also for existing orders that the caller may not see
 */
export async function readableWorkorder(
  ctx: Context,
  session: Subject,
  id: string,
): Promise<WorkorderRow> {
  if (session.kind === 'visitor') await expectVisitor(ctx, session.identityId)
  const row = await workorderById(ctx.db, session.corpId, id)
  if (!row || !(await isReadable(ctx, session, row))) fail('workorder_unknown')
  return row
}

async function isReadable(ctx: Context, session: Subject, row: WorkorderRow): Promise<boolean> {
  // Its sender was erased, and so was the timeline that showed it.
  if (row.identityId === nobody) return false
  if (session.kind === 'visitor')
    return (await ownIdentities(ctx.db, session.identityId)).some(({ id }) => id === row.identityId)
  if (await mayReadIdentity(ctx, session, row.identityId)) return true
  // The sender used a share that was pushed to one of the member's contacts, and is not proved to
  // be that contact. The order stands on that timeline as unconfirmed.
  if (row.shareId === null || (await isOfContact(ctx, row.identityId))) return false
  const share = await shareById(ctx.db, row.corpId, row.shareId)
  return (
    share?.targetIdentityId != null && (await mayReadIdentity(ctx, session, share.targetIdentityId))
  )
}

async function isOfContact(ctx: Context, identityId: string): Promise<boolean> {
  return (await siblingsOf(ctx.db, identityId)).some(({ kind }) => kind === 'external_userid')
}
