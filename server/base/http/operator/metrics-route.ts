import { timingSafeEqual } from 'node:crypto'
import type { Context as KoaContext } from 'koa'
import type { ApiRouter } from '../api-router.ts'
import { fail } from '../../problem.ts'

const loopback = /^(::1|(::ffff:)?127\.)/

/**
 * Metrics for Prometheus. Without METRICS_TOKEN only this machine may read them: route names and
 * counts are for the operator alone.
 */
export function metricsRoutes(router: ApiRouter): void {
  const { config, metrics } = router.ctx
  router.pages.get('/metrics', async (koa) => {
    koa.route = '/metrics'
    if (!mayRead(koa, config.metricsToken))
      fail('forbidden', 'Send METRICS_TOKEN as a bearer token')
    koa.set('Cache-Control', 'no-store')
    koa.type = metrics.registry.contentType
    koa.body = await metrics.registry.metrics()
  })
}

function mayRead(koa: KoaContext, token: string | null): boolean {
  // A reverse proxy on this machine also comes from 127.0.0.1, but it names its client in a header.
  if (token === null)
    return loopback.test(koa.req.socket.remoteAddress ?? '') && koa.get('X-Forwarded-For') === ''
  const given = Buffer.from(koa.get('Authorization').replace(/^Bearer /i, ''))
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
