import { timingSafeEqual } from 'node:crypto'
import type { Context as KoaContext } from 'koa'
import type { ApiRouter } from '../api-router.ts'
import { fail } from '../../problem.ts'

const loopback = /^(::1|(::ffff:)?127\.)/

/**
 * Metrics for Prometheus: route names and counts are for the operator alone. Without METRICS_TOKEN
 * only this machine may read them, and only when TRUSTED_PROXIES=0 says that no proxy stands in
 * front. A proxy on this machine comes from the same address, and not every one names its client.
 */
export function metricsRoutes(router: ApiRouter): void {
  const { config, metrics } = router.ctx
  const mayRead = (koa: KoaContext) =>
    config.metricsToken === null
      ? config.unproxied && isLocal(koa)
      : isKey(koa, config.metricsToken)
  router.pages.get('/metrics', async (koa) => {
    koa.route = '/metrics'
    if (!mayRead(koa)) fail('forbidden', 'Set METRICS_TOKEN, and send it as a bearer token')
    koa.set('Cache-Control', 'no-store')
    koa.type = metrics.registry.contentType
    koa.body = await metrics.registry.metrics()
  })
}

function isLocal(koa: KoaContext): boolean {
  return (
    loopback.test(koa.req.socket.remoteAddress ?? '') &&
    // The configuration may be wrong; a proxy that names itself proves it.
    ['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'Via'].every((name) => koa.get(name) === '')
  )
}

function isKey(koa: KoaContext, token: string): boolean {
  const given = Buffer.from(koa.get('Authorization').replace(/^Bearer /i, ''))
  const wanted = Buffer.from(token)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
