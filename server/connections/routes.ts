import { getSettings, signUrl } from '../../shared/contract/session.ts'
import type { Context } from '../base/context.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve } from '../base/http/serve.ts'
import { fail } from '../base/problem.ts'
import { connectionOf, directory, findConnection, onlyCorp } from './directory.ts'
import { sign } from './sign.ts'
import type { CorpRow } from './store.ts'

export function connectionRoutes(router: ApiRouter): void {
  serve(router, signUrl, ({ query, session }, ctx) =>
    sign(ctx, session, { kind: query.kind, page: query.url, refused: query.refused === '1' }),
  )

  serve(router, getSettings, ({ query }, ctx) => {
    const { corpId, name } = corpMeant(ctx, query)
    return {
      corpName: name,
      miniprogramAppId: findConnection(ctx, 'miniprogram', { corpId })?.platformId ?? null,
      mapTilesUrl: ctx.config.mapTilesUrl,
    }
  })
}

function corpMeant(
  ctx: Context,
  { corp, appId }: { corp?: string | undefined; appId?: string | undefined },
): CorpRow {
  const corpId =
    corp ??
    (appId === undefined
      ? onlyCorp(ctx).corpId
      : connectionOf(ctx, 'miniprogram', { platformId: appId }).corpId)
  const known = ctx.memory.get(directory).corps()
  return known.find((row) => row.corpId === corpId) ?? fail('corp_unknown')
}
