import {
  getMaterial,
  listCategories,
  listMaterials,
  type ListedMaterial,
} from '../../shared/contract/materials.ts'
import type { Context } from '../base/context.ts'
import { foldedWords } from '../../shared/rules/folded.ts'
import { readCursor, TimePosition, writeCursor } from '../base/db/cursor.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve } from '../base/http/serve.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { fail } from '../base/problem.ts'
import { nameRule } from '../persons/index.ts'
import { effectsOf } from '../timeline/index.ts'
import { presentMaterial, presentSummaries } from './present.ts'
import { categoriesOf, findMaterials, materialById, type MaterialRow } from './store.ts'

export function materialRoutes(router: ApiRouter): void {
  serve(router, listCategories, async ({ session }, ctx) => ({
    items: await categoriesOf(ctx.db, session.corpId),
  }))

  serve(
    router,
    listMaterials,
    async ({ query, session }, ctx) => {
      const { corpId } = session
      const { category, kind, q = '', limit } = query
      const before = query.before === undefined ? undefined : readCursor(TimePosition, query.before)
      const words = foldedWords(q)
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
        items: await listed(ctx, session, page),
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
}

async function listed(
  ctx: Context,
  session: MemberSubject,
  rows: readonly MaterialRow[],
): Promise<ListedMaterial[]> {
  const [summaries, effects] = await Promise.all([
    presentSummaries(ctx, rows),
    effectsOf(
      ctx,
      rows.map(({ id }) => id),
      nameRule(ctx, session),
    ),
  ])
  return summaries.map((summary) => {
    const effect = effects.get(summary.id) ?? { opens: 0, people: 0, finished: null, best: [] }
    return { ...summary, effect }
  })
}
