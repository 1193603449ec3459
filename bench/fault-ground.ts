import { chmod, rm } from 'node:fs/promises'
import { freePorts, launch } from '../scripts/lib/launch.mjs'
import { answered } from '../scripts/lib/processes.mjs'
import { openRandom, systemClock } from '../server/base/clock.ts'
import { openSessions } from '../server/base/http/session/sessions.ts'
import { populate } from './generate.ts'
import { required, secret } from './ground.ts'
import { ownDirectory } from './leftovers.ts'
import { openVictim, type Victim } from './postgres.ts'
import { makeDice, type Dice } from './random.ts'
import { makeWitness, storyOf, type StoryEvent, type Witness } from './witness.ts'

/** Used without a sandbox: nothing here asks a platform. */
const accounts = {
  WECOM_CORP_ID: 'ww00000000000bench',
  WECOM_AGENT_ID: '1000002',
  WECOM_AGENT_SECRET: 'no secret at all',
  WECOM_API_URL: 'http://127.0.0.1:9/wecom',
  WECHAT_API_URL: 'http://127.0.0.1:9/wechat',
  WECHAT_OPEN_URL: 'http://127.0.0.1:9/open',
}
const corpId = accounts.WECOM_CORP_ID

export interface FaultGround {
  readonly origins: readonly string[]
  readonly database: Victim
  readonly witness: Witness
  readonly readers: readonly FaultReader[]
  /** An existing share of another corp. */
  readonly foreignShareId: string
  killServer(index: number): Promise<void>
  startServer(index: number): Promise<void>
  close(): Promise<void>
}

export interface FaultReader {
  token: string
  shareIds: readonly string[]
}

const readerCount = 12

export async function openFaultGround({ servers = 1 } = {}): Promise<FaultGround> {
  const dataDir = await ownDirectory('faults')
  await chmod(dataDir, 0o755)
  const database = await openVictim(dataDir)
  const ports = await freePorts(servers, 4_660)
  const launched = await launch({
    dataDir,
    ports: { servers: ports, sandbox: 0, webview: 0 },
    withSandbox: false,
    env: {
      ...accounts,
      DATABASE_URL: database.url,
      SESSION_SECRET: secret,
      RATE_LIMIT: '0',
      LOG_LEVEL: 'fatal',
      CHATSIDE_SEED: '0',
      NODE_ENV: 'production',
    },
  }).catch(async (error: unknown) => {
    await database.stop()
    throw error
  })
  const client = await database.pool.connect()
  const { population } = await populate(client, { corpId, member: 'nobody' })
  const foreignShareId = await foreignShare()
  client.release()
  const sessions = openSessions(secret, systemClock, openRandom(systemClock))
  const readers = population.customers
    .slice(0, readerCount)
    .map(({ visitorIdentityId: identityId, shareIds }) => {
      return {
        token: sessions.sign({ kind: 'visitor', corpId, identityId }, 24 * 3600).token,
        shareIds,
      }
    })

  async function foreignShare(): Promise<string> {
    const { rows } = await client.query<{ id: string }>(
      `insert into shares (id, corp_id, material_id, member_userid, entry, forwards, state,
        created_at)
       select gen_random_uuid(), 'ww00000000000other', material_id, member_userid, entry, 0, state,
         created_at from shares limit 1 returning id`,
    )
    return required(rows[0]).id
  }

  return {
    origins: launched.serverUrls,
    database,
    witness: makeWitness(database.pool),
    readers,
    foreignShareId,
    async killServer(index) {
      const server = required(launched.servers[index])
      process.kill(required(server.pid), 'SIGKILL')
      await server.ended
    },
    async startServer(index) {
      await launched.restart(index)
      await answered(
        `${required(launched.serverUrls[index])}/api/settings`,
        required(launched.servers[index]),
      )
    },
    async close() {
      await launched.stop()
      await database.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export interface Traffic {
  /** Answers that were neither a 200 nor a clear "not now", by kind. */
  strange: Map<string, number>
  /** How many good events were refused, or bad ones accepted. */
  misjudged: number
  refused: number
  /** How many requests were answered with 503 or 429. */
  notNow: number
  /** How many connections broke before the answer. Nobody knows whether those batches were kept. */
  cutOff: number
  notReached: number
  longestNotNowMs: number
  longestOkMs: number
  requests: number
  stop(): Promise<void>
}

export interface TrafficOptions {
  skewMs?: number
  /** Bad events among the good ones of every batch. */
  poison?: (dice: Dice) => unknown[]
  /** Where to send each attempt; a second attempt goes to the next. */
  origins?: readonly string[]
  batch?: number
}

const patienceMs = 30_000

/**
 * Starts readers who report until they are stopped. They repeat each batch until it is
 * acknowledged, as the mini program does.
 */
export function startTraffic(
  ground: FaultGround,
  { skewMs = 0, poison, origins = ground.origins, batch = 20 }: TrafficOptions = {},
): Traffic {
  let going = true
  const traffic: Traffic = {
    strange: new Map(),
    misjudged: 0,
    refused: 0,
    notNow: 0,
    cutOff: 0,
    notReached: 0,
    longestNotNowMs: 0,
    longestOkMs: 0,
    requests: 0,
    async stop() {
      going = false
      await all
    },
  }
  const all = Promise.all(ground.readers.map(report))
  return traffic

  async function report({ token, shareIds }: FaultReader, number: number): Promise<void> {
    const dice = makeDice(number + Date.now())
    const story = storyOf(dice, shareIds, skewMs)
    while (going) {
      const good = story(batch)
      const bad = poison?.(dice) ?? []
      // In life a poisoned event stands anywhere.
      const events = [...good, ...bad].sort(() => dice.unit() - 0.5)
      for (let attempt = number; going; attempt++) {
        if (await send(origins[attempt % origins.length] ?? '', token, events, good)) break
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
  }

  /** Returns true when it need not be sent again. */
  async function send(
    origin: string,
    token: string,
    events: readonly unknown[],
    good: readonly StoryEvent[],
  ): Promise<boolean> {
    const sentAt = Date.now() + skewMs
    ground.witness.sent(good, sentAt)
    const begun = performance.now()
    traffic.requests += 1
    try {
      const answer = await fetch(`${origin}/api/track`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ sentAt: new Date(sentAt).toISOString(), events }),
        signal: AbortSignal.timeout(patienceMs),
      })
      const reply = (await answer.json()) as {
        accepted?: number
        refused?: { index: number }[]
        code?: string
      }
      const ms = performance.now() - begun
      if (answer.status === 200) {
        traffic.longestOkMs = Math.max(traffic.longestOkMs, ms)
        const refused = new Set(reply.refused?.map(({ index }) => index))
        traffic.refused += refused.size
        events.forEach((event, index) => {
          if (refused.has(index) === good.includes(event as StoryEvent)) traffic.misjudged += 1
        })
        ground.witness.acknowledged(good.filter((event) => !refused.has(events.indexOf(event))))
        return true
      }
      traffic.longestNotNowMs = Math.max(traffic.longestNotNowMs, ms)
      const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json')
      if ((answer.status === 503 || answer.status === 429) && isProblem) traffic.notNow += 1
      else note(`${answer.status} ${reply.code ?? ''}`)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError')
        note(`no answer in ${patienceMs / 1000} s`)
      else if (isRefused(error)) traffic.notReached += 1
      else traffic.cutOff += 1
    }
    return false
  }

  function note(what: string): void {
    traffic.strange.set(what, (traffic.strange.get(what) ?? 0) + 1)
  }
}

function isRefused(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.cause instanceof Error &&
    'code' in error.cause &&
    error.cause.code === 'ECONNREFUSED'
  )
}
