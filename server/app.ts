import { createServer, type Server } from 'node:http'
import Koa from 'koa'
import type { Logger } from 'pino'
import { openRandom, systemClock } from './base/clock.ts'
import type { Config } from './config.ts'
import {
  callbackRoutes,
  connectionRoutes,
  forgetCallbacks,
  openTokenStore,
  wecomCallbacks,
} from './connections/index.ts'
import type { Clock, Context } from './base/context.ts'
import { openDatabase } from './base/db/database.ts'
import { type Job, type Jobs, startJobs } from './base/db/jobs.ts'
import { openListener } from './base/db/listen.ts'
import { plannerStatistics } from './base/db/planner-statistics.ts'
import { contactRoutes } from './contacts/index.ts'
import { createFileStore, fileRoutes } from './files/index.ts'
import { type ApiRouter, makeApiRouter } from './base/http/api-router.ts'
import { builtApps } from './base/http/apps.ts'
import { watchConnections } from './base/http/connections.ts'
import { healthRoutes } from './base/http/operator/health.ts'
import { metricsRoutes } from './base/http/operator/metrics-route.ts'
import { openMetrics } from './base/http/operator/metrics.ts'
import { openapiRoutes } from './base/http/operator/openapi.ts'
import { openRateLimits } from './base/http/rate-limits.ts'
import { requests } from './base/http/requests.ts'
import { openSessions } from './base/http/session/sessions.ts'
import { forgetPendingIds, identityRoutes, openVisitors, regroupings } from './identity/index.ts'
import { materialRoutes } from './materials/index.ts'
import { erasures, privacyRoutes } from './privacy/index.ts'
import { changeLog, eventPartitions, openLive, rollUp, timelineRoutes } from './timeline/index.ts'
import { openWechat } from './platforms/wechat/client.ts'
import { openWecom } from './platforms/wecom/client.ts'
import { workorderRoutes } from './workorders/index.ts'

export interface AppOptions {
  config: Config
  databaseUrl: string
  log: Logger
  clock?: Clock
  platformTimeoutMs?: number
}

export interface App {
  ctx: Context
  router: ApiRouter
  server: Server
  /** Begins what comes back by itself; tests run the jobs by hand instead. */
  startJobs(): void
  /** Takes no new requests, finishes those it has, ends the streams, lets go of the database. */
  close(): Promise<void>
}

/** What the domains do without being asked. */
const jobs: readonly Job[] = [
  plannerStatistics,
  eventPartitions,
  rollUp,
  changeLog,
  wecomCallbacks,
  forgetCallbacks,
  forgetPendingIds,
  regroupings,
  erasures,
]

/** Everything of one process, with nothing running yet but the database pool. */
export function makeApp({
  config,
  databaseUrl,
  log,
  clock = systemClock,
  platformTimeoutMs,
}: AppOptions): App {
  const closing = new AbortController()
  let working: Jobs | undefined
  const ctx = makeContext({
    config,
    databaseUrl,
    log,
    clock,
    platformTimeoutMs,
    nudge: (job) => working?.nudge(job),
    closing: closing.signal,
  })
  const router = makeApiRouter(ctx)
  const domains = [
    connectionRoutes,
    callbackRoutes,
    contactRoutes,
    identityRoutes,
    timelineRoutes,
    materialRoutes,
    fileRoutes,
    workorderRoutes,
    privacyRoutes,
  ]
  for (const routes of [healthRoutes, openapiRoutes, metricsRoutes, ...domains]) routes(router)

  const koa = new Koa({ proxy: config.proxies > 0, maxIpsCount: config.proxies })
  koa.silent = true
  koa.use(requests(ctx))
  koa.use(router.middleware)
  koa.use(builtApps(config))
  const server = createServer(koa.callback())
  const connections = watchConnections(server)
  // Longer than the usual minute of a load balancer, or it would meet connections that we are just
  // closing.
  server.keepAliveTimeout = 65_000

  return {
    ctx,
    router,
    server,
    startJobs() {
      working ??= startJobs(ctx, jobs)
    },
    async close() {
      closing.abort()
      await working?.stop()
      await stopServing(server, connections.closeIdle)
      await ctx.listener.close()
      await ctx.db.$client.end()
    },
  }
}

function makeContext(
  options: Required<Pick<AppOptions, 'config' | 'databaseUrl' | 'log' | 'clock'>> & {
    platformTimeoutMs?: number | undefined
    nudge: Context['nudge']
    closing: AbortSignal
  },
): Context {
  const { config, databaseUrl, log, clock, platformTimeoutMs, nudge, closing } = options
  const random = openRandom(clock)
  const metrics = openMetrics()
  const db = openDatabase(databaseUrl, {
    onError: (error) => log.warn({ err: error }, 'an idle database connection broke'),
  })
  const listener = openListener(databaseUrl, log)
  const tokens = openTokenStore({ db, clock, random, metrics })
  const platform = {
    config,
    tokens,
    clock,
    log,
    metrics,
    ...(platformTimeoutMs !== undefined && { timeoutMs: platformTimeoutMs }),
  }
  return {
    config,
    db,
    listener,
    clock,
    random,
    log,
    wecom: openWecom(platform),
    wechat: openWechat(platform),
    files: createFileStore({ dataDir: config.dataDir }),
    live: openLive(listener),
    metrics,
    sessions: openSessions(config.sessionSecret, clock),
    visitors: openVisitors(db),
    rateLimits: openRateLimits(config.rateLimit),
    nudge,
    closing,
  }
}

const patienceMs = 10_000

/** What was accepted is finished; after ten seconds what is left is cut off. */
async function stopServing(server: Server, closeIdle: () => void): Promise<void> {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // Keep-alive connections count as open; each is idle once its answer is out.
  const idle = setInterval(closeIdle, 50)
  const late = setTimeout(() => server.closeAllConnections(), patienceMs)
  closeIdle()
  await closed
  clearInterval(idle)
  clearTimeout(late)
}
