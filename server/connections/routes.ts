import { getSettings, signUrl } from '../../shared/contract/session.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve } from '../base/http/serve.ts'
import { findConnection, onlyCorp } from './directory.ts'
import { sign } from './sign.ts'

export function connectionRoutes(router: ApiRouter): void {
  serve(router, signUrl, ({ query, session }, ctx) =>
    sign(ctx, session, { kind: query.kind, page: query.url, refused: query.refused === '1' }),
  )

  serve(router, getSettings, (_, ctx) => {
    const { corpId, name } = onlyCorp(ctx)
    return {
      corpName: name,
      miniprogramAppId: findConnection(ctx, 'miniprogram', { corpId })?.platformId ?? null,
      mapTilesUrl: ctx.config.mapTilesUrl,
    }
  })
}
