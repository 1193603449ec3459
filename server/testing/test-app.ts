import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import type { CallInput, EndpointSpec, Reply } from '../../shared/contract/endpoint.ts'
import { makeCall, type CallOptions } from '../../shared/client/call.ts'
import { ConnectionError } from '../../shared/client/failures.ts'
import type { Transport } from '../../shared/client/transport.ts'
import { type App, makeApp } from '../app.ts'
import { type FirstConnections, loadConfig } from '../config.ts'
import { connectFirstAccounts } from '../connections/index.ts'
import type { Context } from '../base/context.ts'
import type { Database } from '../base/db/database.ts'
import { openLog } from '../base/http/operator/logging.ts'
import { memberCookie } from '../base/http/session/identify.ts'
import { freePort } from './free-port.ts'
import { type Sandbox, startSandbox } from './sandbox.ts'
import { cloneDatabase, dropDatabase } from './database/test-database.ts'
import { makeTestClock, type TestClock } from './test-clock.ts'

/** Headers that prove the caller, made by `visitor()` or `member()`. */
export type As = Readonly<Record<string, string>>

export interface TestAppOptions {
  /** Variables of the environment; they override the test's own. */
  env?: Readonly<Record<string, string>>
  /**
   * `true` starts a sandbox and points the platforms' addresses to it. The sandbox of another test
   * server may be given instead. Without one these addresses lead nowhere.
   */
  sandbox?: boolean | Sandbox | null
  platformTimeoutMs?: number
  signInPatienceMs?: number
  /** A migrated database that the caller drops, instead of a new one. */
  databaseUrl?: string
  /**
   * Makes this app stand for a second server process, with the database, clock, sandbox and secret
   * of that one.
   */
  beside?: TestApp
}

export interface TestApp {
  ctx: Context
  app: App
  /** `http://localhost:…`. PUBLIC_URL is the same, or the sandbox's webview. */
  url: string
  env: Readonly<Record<string, string>>
  db: Database
  databaseUrl: string
  clock: TestClock
  sandbox: Sandbox | null
  corpId: string
  /** The connected accounts of its environment. */
  first: FirstConnections
  /** Calls over HTTP; the contract parses the reply. Rejects with `ProblemError`. */
  call<E extends EndpointSpec>(
    endpoint: E,
    input: CallInput<E>,
    as?: As,
    options?: CallOptions,
  ): Promise<Reply<E>>
  /** For requests outside of the contract. It does not follow redirects. */
  fetch(path: string, init?: RequestInit, as?: As): Promise<Response>
  visitor(identityId: string): As
  member(userId: string): As
  stop(): Promise<void>
}

/** Used without a sandbox. */
const accounts = {
  WECOM_CORP_ID: 'ww7c1d4e0fa2b95836',
  WECOM_AGENT_ID: '1000002',
  WECOM_AGENT_SECRET: 'q8Rk2mVxT5wLz0YdN3sHb7uJcE1fPaG6iXoKtQvW9yA',
  MINIPROGRAM_APP_ID: 'wx5e1f8c27d90b643a',
  MINIPROGRAM_APP_SECRET: '4f9b1c7e2d8a4356b0e9f1a27c63d5e8',
  OFFICIAL_ACCOUNT_APP_ID: 'wx90c3a7f1be2d5486',
  OFFICIAL_ACCOUNT_APP_SECRET: '8c2d6e1f4a7b49d3a5e0b8f7c1d2e396',
}

/** Starts a server for one test, on a database of its own, over real HTTP. */
export async function makeTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { beside } = options
  const port = await freePort()
  const url = `http://localhost:${port}`
  const dataDir = beside?.ctx.config.dataDir ?? (await mkdtemp(join(tmpdir(), 'chatside-data-')))
  const sandbox =
    beside?.sandbox ??
    (options.sandbox === true ? await startSandbox(url) : options.sandbox || null)
  const env = {
    ...accounts,
    PUBLIC_URL: url,
    DATA_DIR: dataDir,
    SESSION_SECRET: 'a secret of the tests, long enough for anybody',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    RATE_LIMIT: '0',
    WECOM_API_URL: 'http://127.0.0.1:9/wecom',
    WECHAT_API_URL: 'http://127.0.0.1:9/wechat',
    WECHAT_OPEN_URL: 'http://127.0.0.1:9/open',
    ...sandbox?.env,
    ...beside?.env,
    ...options.env,
  }
  const config = await loadConfig(env)
  const clock = beside?.clock ?? makeTestClock()
  const dbUrl =
    options.databaseUrl ?? beside?.databaseUrl ?? (await cloneDatabase(inject('postgresUrl')))
  const app = await makeApp({
    config,
    databaseUrl: dbUrl,
    log: openLog(config),
    clock,
    ...(options.platformTimeoutMs !== undefined && {
      platformTimeoutMs: options.platformTimeoutMs,
    }),
    ...(options.signInPatienceMs !== undefined && { signInPatienceMs: options.signInPatienceMs }),
  })
  await new Promise<void>((resolve, reject) =>
    app.server.once('error', reject).listen(port, '127.0.0.1', resolve),
  )
  // A second process that gets other accounts connects them too.
  await connectFirstAccounts(app.ctx, { take: beside !== undefined && options.env !== undefined })
  const { firstConnections: first } = config
  const corpId = first?.corpId ?? ''

  return {
    ctx: app.ctx,
    app,
    url,
    env,
    db: app.ctx.db,
    databaseUrl: dbUrl,
    clock,
    sandbox,
    corpId,
    get first() {
      if (!first) throw new Error('the environment of this test server names no account')
      return first
    },
    call: (endpoint, input, as = {}, callOptions) => {
      const call = makeCall({ transport: fetchTransport(url), authorize: () => ({ ...as }) }) as (
        endpoint: EndpointSpec,
        input: unknown,
        options?: CallOptions,
      ) => Promise<never>
      return call(endpoint, input, callOptions)
    },
    fetch: (path, init = {}, as = {}) =>
      fetch(url + path, {
        redirect: 'manual',
        ...init,
        headers: { ...(init.headers as Record<string, string>), ...as },
      }),
    visitor: (identityId) => ({
      Authorization: `Bearer ${app.ctx.sessions.sign({ kind: 'visitor', corpId, identityId }, 3600).token}`,
    }),
    member: (userId) => ({
      Cookie: `${memberCookie}=${app.ctx.sessions.sign({ kind: 'member', corpId, userId }, 3600).token}`,
    }),
    async stop() {
      await app.close()
      if (beside) return
      if (options.sandbox === true) await sandbox?.stop()
      if (options.databaseUrl === undefined) await dropDatabase(inject('postgresUrl'), dbUrl)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/**
 * Starts two servers on one database, as two processes behind one address. Stopping the first stops
 * both.
 */
export async function makeTwoTestApps(
  options: Pick<TestAppOptions, 'sandbox' | 'platformTimeoutMs'> = {},
): Promise<[first: TestApp, beside: TestApp]> {
  const first = await makeTestApp(options)
  const beside = await makeTestApp({ ...options, beside: first })
  const stop = async () => {
    await beside.stop()
    await first.stop()
  }
  return [{ ...first, stop }, beside]
}

function fetchTransport(origin: string): Transport {
  return async ({ method, path, headers, body, timeoutMs }) => {
    const response = await fetch(origin + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      throw new ConnectionError('network', String(error))
    })
    const text = await response.text()
    return {
      status: response.status,
      body: parsed(text),
      retryAfter: response.headers.get('retry-after') ?? undefined,
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
