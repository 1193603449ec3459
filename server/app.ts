import { createServer, type Server } from 'node:http'
import Koa from 'koa'
import type { Logger } from 'pino'
import { type Clock, openRandom, systemClock } from './base/clock.ts'
import type { Context } from './base/context.ts'
import { openAdHocDatabase, openDatabase } from './base/db/database.ts'
import { type Jobs, startJobs } from './base/db/jobs.ts'
import { openListener } from './base/db/listen.ts'
import { base } from './base/domain.ts'
import { type ApiRouter, makeApiRouter } from './base/http/api-router.ts'
import { builtApps } from './base/http/apps.ts'
import { watchConnections } from './base/http/connections.ts'
import { openMetrics } from './base/http/operator/metrics.ts'
import { openRateLimits } from './base/http/rate-limits.ts'
import { requests } from './base/http/requests.ts'
import { openSessions } from './base/http/session/sessions.ts'
import { Memory } from './base/kept.ts'
import type { Config } from './config.ts'
import { type ConnectionOptions, makeConnections } from './connections/domain.ts'
import { contacts } from './contacts/domain.ts'
import { type Domain, domains } from './domain.ts'
import { equipment } from './equipment/domain.ts'
import { files } from './files/domain.ts'
import { identity } from './identity/domain.ts'
import { materials } from './materials/domain.ts'
import { persons } from './persons/domain.ts'
import { privacy } from './privacy/domain.ts'
import { shares } from './shares/domain.ts'
import { makeSignIn, type SignInOptions } from './sign-in/domain.ts'
import { timeline } from './timeline/domain.ts'
import { workorders } from './workorders/domain.ts'

export interface AppOptions extends ConnectionOptions, SignInOptions {
  config: Config
  databaseUrl: string
  log: Logger
  clock?: Clock
}

export interface App {
  ctx: Context
  router: ApiRouter
  server: Server
  /** Starts the recurring jobs. Tests run jobs by hand instead. */
  startJobs(): void
  /**
   * Takes no new requests, finishes the accepted ones, ends the streams and closes the database.
   */
  close(): Promise<void>
}

/** All domains, lower floors first. A domain is one folder and one line here. */
function house(options: ConnectionOptions & SignInOptions): readonly Domain[] {
  return [
    base,
    files,
    makeConnections(options),
    timeline,
    identity,
    contacts,
    persons,
    materials,
    equipment,
    makeSignIn(options),
    shares,
    workorders,
    privacy,
  ]
}

/**
 * Returns everything that one process needs; it listens to no port and runs no job yet. The
 * database must be migrated.
 * @throws SecretsError when the key of the installation is missing or wrong
 */
export async function makeApp(options: AppOptions): Promise<App> {
  const { config } = options
  const closing = new AbortController()
  let working: Jobs | undefined
  const nudge = (job: string) => working?.nudge(job)
  const ctx = makeContext(options, { nudge, closing: closing.signal })
  const inhabitants = house(options)
  ctx.memory.keep(domains, inhabitants)
  const letGo = async () => {
    await ctx.listener.close()
    await Promise.all([ctx.db.$client.end(), ctx.adHoc.$client.end()])
  }
  try {
    for (const domain of inhabitants) await domain.memory?.(ctx)
  } catch (error) {
    await letGo()
    throw error
  }
  const router = makeApiRouter(ctx)
  for (const domain of inhabitants) domain.routes?.(router)

  const koa = new Koa({ proxy: config.proxies > 0, maxIpsCount: config.proxies })
  koa.silent = true
  koa.use(requests(ctx))
  koa.use(router.middleware)
  koa.use(builtApps(config))
  const { clientPatienceMs } = config
  const server = createServer(
    {
      headersTimeout: clientPatienceMs,
      // Bodies that a handler reads have limits of their own. This one ends what nobody reads, such
      // as the body of a refused upload.
      requestTimeout: clientPatienceMs * bodyPatiences,
      connectionsCheckingInterval: clientPatienceMs / 4,
    },
    koa.callback(),
  )
  const connections = watchConnections(server, clientPatienceMs)
  // Longer than a load balancer keeps idle connections (usually a minute). Otherwise it would send
  // requests on connections that we are closing.
  server.keepAliveTimeout = 65_000

  return {
    ctx,
    router,
    server,
    startJobs() {
      working ??= startJobs(
        ctx,
        inhabitants.flatMap(({ jobs }) => jobs ?? []),
      )
    },
    async close() {
      closing.abort()
      await working?.stop()
      await stopServing(server, connections.closeIdle)
      await letGo()
    },
  }
}

function makeContext(
  { config, databaseUrl, log, clock = systemClock }: AppOptions,
  { nudge, closing }: Pick<Context, 'nudge' | 'closing'>,
): Context {
  const random = openRandom(clock)
  const onError = (error: Error) => log.warn({ err: error }, 'an idle database connection broke')
  return {
    config,
    db: openDatabase(databaseUrl, { onError }),
    adHoc: openAdHocDatabase(databaseUrl, { onError }),
    listener: openListener(databaseUrl, log),
    clock,
    random,
    log,
    metrics: openMetrics(),
    sessions: openSessions(config.sessionSecret, clock, random),
    rateLimits: openRateLimits(config.rateLimit),
    memory: new Memory(),
    nudge,
    closing,
  }
}

/** How many times the patience with a silent client a whole request may take to arrive. */
const bodyPatiences = 5
const patienceMs = 10_000

/** Finishes the accepted requests; after ten seconds it cuts off the rest. */
async function stopServing(server: Server, closeIdle: () => void): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // Keep-alive connections count as open. Each becomes idle once its answer is sent.
  const idle = setInterval(closeIdle, 50)
  const late = setTimeout(() => server.closeAllConnections(), patienceMs)
  closeIdle()
  await closed
  clearInterval(idle)
  clearTimeout(late)
}
