import type { Context } from '../base/context.ts'
import { nobody } from '../base/db/nobody.ts'
import { fail } from '../base/problem.ts'
import type { Subject } from '../base/http/session/sessions.ts'
import { siblingsOf } from '../identity/index.ts'
import { canRead } from '../persons/index.ts'
import { shareById } from '../shares/index.ts'
import { workorderById, type WorkorderRow } from './store.ts'
import { expectVisitor } from '../base/http/session/visitors.ts'

/**
 * All identities of the person to whom this one belongs: an order made in the mini program is
 * theirs on the web too.
 */
export async function ownIdentities(ctx: Context, identityId: string): Promise<string[]> {
  return (await siblingsOf(ctx.db, identityId)).map(({ id }) => id)
}

/**
 * An order that the caller may see: a visitor its person's own, a member those that stand on a
 * timeline of a contact whom it follows.
 * @throws Problem `workorder_unknown`, also for what exists but is not theirs
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
  // Whoever sent it was erased, and with them whose timeline it stood on.
  if (row.identityId === nobody) return false
  if (session.kind === 'visitor')
    return (await ownIdentities(ctx, session.identityId)).includes(row.identityId)
  if (await mayReadIdentity(ctx, session, row.identityId)) return true
  // Sent under a share that was pushed to one of the member's contacts, by somebody who is not
  // proved to be that contact: it is on the timeline, unconfirmed.
  if (row.shareId === null || (await isOfContact(ctx, row.identityId))) return false
  const share = await shareById(ctx.db, row.corpId, row.shareId)
  return (
    share?.targetIdentityId != null && (await mayReadIdentity(ctx, session, share.targetIdentityId))
  )
}

async function isOfContact(ctx: Context, identityId: string): Promise<boolean> {
  return (await siblingsOf(ctx.db, identityId)).some(({ kind }) => kind === 'external_userid')
}

async function mayReadIdentity(
  ctx: Context,
  { corpId, userId }: { corpId: string; userId: string },
  identityId: string,
): Promise<boolean> {
  const [own] = await siblingsOf(ctx.db, identityId)
  if (!own) return false
  return typeof (await canRead(ctx, { corpId, userId, personId: own.personId })) !== 'string'
}
