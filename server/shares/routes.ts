import {
  createShare,
  forwardShare,
  listShares,
  openShare,
  settleShare,
} from '../../shared/contract/materials.ts'
import type { Context } from '../base/context.ts'
import { readCursor, TimePosition, writeCursor } from '../base/db/cursor.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve } from '../base/http/serve.ts'
import type { VisitorSubject } from '../base/http/session/sessions.ts'
import { expectVisitor } from '../base/http/session/visitors.ts'
import { fail } from '../base/problem.ts'
import { cardOf } from '../contacts/index.ts'
import { materialById, namesByIds, presentMaterial } from '../materials/index.ts'
import { issue, openedShares } from '../timeline/index.ts'
import { followedContact, forward, makeShare, presentShare, settle } from './shares.ts'
import { shareById, sharesTo } from './store.ts'

export function shareRoutes(router: ApiRouter): void {
  serve(router, createShare, ({ body, session, idempotencyKey }, ctx) =>
    makeShare(ctx, session, body, idempotencyKey),
  )

  serve(router, settleShare, ({ params, body, session }, ctx) =>
    settle(ctx, session, { id: params.id, state: body.state, reason: body.reason ?? null }),
  )

  serve(
    router,
    openShare,
    async ({ params, session }, ctx) => {
      if (session.kind === 'visitor') await expectVisitor(ctx, session.identityId)
      const opened = await open(ctx, session.corpId, params.id)
      return {
        ...opened,
        issued: session.kind === 'visitor' ? issuedTo(ctx, session, params.id) : null,
      }
    },
    { compress: true },
  )

  serve(router, forwardShare, ({ params, body, session }, ctx) =>
    forward(ctx, session, params.id, body.id),
  )

  serve(router, listShares, async ({ query, session }, ctx) => {
    const { externalUserId, limit } = query
    const before = query.before === undefined ? undefined : readCursor(TimePosition, query.before)
    const { corpId, userId } = session
    const targetIdentityId = await followedContact(ctx, session, externalUserId)
    const rows = await sharesTo(ctx.db, {
      corpId,
      userId,
      targetIdentityId,
      before,
      limit: limit + 1,
    })
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    const opened = await openedShares(ctx, targetIdentityId, page)
    const names = await namesByIds(
      ctx.db,
      page.map(({ materialId }) => materialId),
    )
    return {
      items: page.flatMap((row) => {
        const material = names.get(row.materialId)
        return material
          ? { ...presentShare(row), ...material, id: row.id, opened: opened.has(row.id) }
          : []
      }),
      next:
        rows.length > limit && last ? writeCursor([last.createdAt.toISOString(), last.id]) : null,
    }
  })
}

/** A page is opened again from the browser's cache, and handed on to several friends. */
const visitsOfOpening = 4
const forwardsOfOpening = 6

function issuedTo(ctx: Context, { corpId, identityId }: VisitorSubject, shareId: string) {
  const reader = { corpId, identityId, shareId }
  return {
    visitIds: issue(ctx, 'visit', reader, visitsOfOpening),
    forwardIds: issue(ctx, 'forward', reader, forwardsOfOpening),
  }
}

async function open(ctx: Context, corpId: string, id: string) {
  const share = await shareById(ctx.db, corpId, id)
  const material = share && (await materialById(ctx.db, corpId, share.materialId))
  if (!share || !material) fail('share_unknown')
  // The client said that it was never handed out: the reader has the link from elsewhere.
  const isWithdrawn = share.state === 'cancelled' || share.state === 'failed'
  const rep = isWithdrawn ? null : await cardOf(ctx, { corpId, userId: share.memberUserId })
  return {
    share: { id, forwards: share.forwards, memberName: rep?.name ?? null, rep },
    material: await presentMaterial(ctx, material),
  }
}
