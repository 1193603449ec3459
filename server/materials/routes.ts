import {
  createShare,
  forwardShare,
  getMaterial,
  listCategories,
  listMaterials,
  listShares,
  openShare,
  settleShare,
} from '../../shared/contract/materials.ts'
import { memberName } from '../contacts/index.ts'
import type { Context } from '../base/context.ts'
import { readCursor, TimePosition, writeCursor } from '../base/db/cursor.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { fail } from '../base/problem.ts'
import { serve } from '../base/http/serve.ts'
import { openedShares } from '../timeline/index.ts'
import { presentMaterial, presentSummaries } from './present.ts'
import { followedContact, forward, makeShare, presentShare, settle } from '../shares/shares.ts'
import { categoriesOf, findMaterials, materialById, shareById, sharesTo } from './store.ts'

export function materialRoutes(router: ApiRouter): void {
  serve(router, listCategories, async ({ session }, ctx) => ({
    items: await categoriesOf(ctx.db, session.corpId),
  }))

  serve(
    router,
    listMaterials,
    async ({ query, session: { corpId } }, ctx) => {
      const { category, kind, q = '', limit } = query
      const before = positionOf(query.before)
      const words = q.split(/\s+/).filter(Boolean)
      const rows = await findMaterials(ctx.db, {
        corpId,
        categoryId: category,
        kind,
        words,
        before,
        limit: limit + 1,
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        items: await presentSummaries(ctx, page),
        next:
          rows.length > limit && last ? writeCursor([last.updatedAt.toISOString(), last.id]) : null,
      }
    },
    { compress: true },
  )

  serve(
    router,
    getMaterial,
    async ({ params, session }, ctx) => {
      const row = await materialById(ctx.db, session.corpId, params.id)
      if (!row) fail('material_unknown')
      return presentMaterial(ctx, row)
    },
    { compress: true },
  )

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
      if (session.kind === 'visitor') await ctx.visitors.expect(session.identityId)
      return open(ctx, session.corpId, params.id)
    },
    { compress: true },
  )

  serve(router, forwardShare, ({ params, body, session }, ctx) =>
    forward(ctx, session, params.id, body.id),
  )

  serve(router, listShares, async ({ query, session }, ctx) => {
    const { externalUserId, limit } = query
    const before = positionOf(query.before)
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
    return {
      items: page.map((row) => ({
        ...presentShare(row),
        title: row.title,
        kind: row.kind,
        opened: opened.has(row.id),
      })),
      next:
        rows.length > limit && last ? writeCursor([last.createdAt.toISOString(), last.id]) : null,
    }
  })
}

async function open(ctx: Context, corpId: string, id: string) {
  const share = await shareById(ctx.db, corpId, id)
  const material = share && (await materialById(ctx.db, corpId, share.materialId))
  if (!share || !material) fail('share_unknown')
  const name = await memberName(ctx, { corpId, userId: share.memberUserId })
  return {
    share: { id, forwards: share.forwards, memberName: name },
    material: await presentMaterial(ctx, material),
  }
}

function positionOf(cursor: string | undefined) {
  return cursor === undefined ? undefined : readCursor(TimePosition, cursor)
}
