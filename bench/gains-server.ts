// A server as it is, or with one of its savings taken away: the yardstick of that saving. Jobs do
// not run in it. Prints its port; tells its processor time when asked.
import { createServer } from 'node:http'
import Koa from 'koa'
import { makeApp, type App } from '../server/app.ts'
import { requests } from '../server/base/http/requests.ts'
import { openLog } from '../server/base/http/operator/logging.ts'
import { loadConfig } from '../server/config.ts'
import { isReading, servePages } from './gains-pages.ts'

const withoutExactPaths = 'router alone'

async function start(variant: string): Promise<void> {
  const config = await loadConfig(process.env)
  const databaseUrl = process.env['DATABASE_URL'] ?? ''
  const app = await makeApp({ config, databaseUrl, log: openLog(config) })
  if (isReading(variant)) servePages(app.router, variant)
  const server = variant === withoutExactPaths ? routedByPatterns(app) : app.server
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
}

/** The same endpoints, each found by the patterns of @koa/router. */
function routedByPatterns({ ctx, router }: App) {
  const koa = new Koa()
  koa.silent = true
  koa.use(requests(ctx))
  koa.use(router.pages.routes() as unknown as Koa.Middleware)
  return createServer(koa.callback())
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ micros: user + system })
})
process.on('disconnect', () => process.exit())
await start(process.argv[2] ?? '')
