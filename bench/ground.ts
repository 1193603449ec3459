import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePorts, launch } from '../scripts/launch.mjs'
import { systemClock } from '../server/clock.ts'
import { startEmbedded } from '../server/db/embedded.ts'
import { memberCookie } from '../server/http/identify.ts'
import { openSessions } from '../server/http/sessions.ts'

/** Two servers and a sandbox on a database that waits for the disk as in production, with a rep, a customer and a share between them. */
export interface Ground {
  readonly servers: readonly [string, string]
  readonly sandbox: string
  readonly webview: string
  readonly pool: pg.Pool
  readonly member: Readonly<Record<string, string>>
  readonly visitor: Readonly<Record<string, string>>
  readonly corpId: string
  readonly personId: string
  /** The contact's own identity. */
  readonly identityId: string
  readonly shareId: string
  readonly materialId: string
  close(): Promise<void>
}

const secret = 'a secret of the benchmarks, long enough for anybody'

export async function openGround(): Promise<Ground> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chatside-bench-'))
  // Or, as root, the database would be put elsewhere, where its user can go, and outlive us.
  await chmod(dataDir, 0o755)
  const embedded = await startEmbedded(dataDir)
  const [first = 0, second = 0, sandboxPort = 0, webviewPort = 0] = await freePorts(4, 4660)
  const launched = await launch({
    dataDir,
    ports: { servers: [first, second], sandbox: sandboxPort, webview: webviewPort },
    env: {
      DATABASE_URL: embedded.url,
      SESSION_SECRET: secret,
      RATE_LIMIT: '0',
      LOG_LEVEL: 'warn',
      CHATSIDE_SEED: '1',
      NODE_ENV: 'production',
    },
  })
  const server = `http://localhost:${first}`
  const sandbox = `http://localhost:${sandboxPort}`
  const pool = new pg.Pool({ connectionString: embedded.url, max: 20 })

  const { env } = await ask<{ env: Record<string, string> }>(`${sandbox}/_sandbox/credentials`)
  const state = await ask<{
    members: { id: string }[]
    customers: { id: string; externalUserId: string; follows: { memberId: string }[] }[]
  }>(`${sandbox}/_sandbox/state`)
  const customer = required(state.customers.find(({ follows }) => follows.length > 0))
  const userId = required(customer.follows[0]).memberId
  const corpId = required(env['WECOM_CORP_ID'])
  const { token } = openSessions(secret, systemClock).sign({ kind: 'member', corpId, userId }, 7200)
  const member = { Cookie: `${memberCookie}=${token}` }

  const contact = await ask<{ personId: string; identities: { id: string; kind: string }[] }>(
    `${server}/api/contacts/${customer.externalUserId}`,
    member,
  )
  const library = await ask<{ items: { id: string }[] }>(`${server}/api/materials`, member)
  const materialId = required(library.items[0]).id
  const { share } = await ask<{ share: { id: string } }>(
    `${server}/api/shares`,
    { ...member, 'Idempotency-Key': 'bench-share-1' },
    { materialId, to: { externalUserId: customer.externalUserId }, entry: 'single_chat_tools' },
  )
  const { code } = await ask<{ code: string }>(`${sandbox}/_sandbox/codes`, {}, { kind: 'miniprogram', customerId: customer.id })
  const session = await ask<{ token: string }>(
    `${server}/api/miniprogram/session`,
    {},
    { appId: required(env['MINIPROGRAM_APP_ID']), code },
  )

  return {
    servers: [server, `http://localhost:${second}`],
    sandbox,
    webview: `http://localhost:${webviewPort}`,
    pool,
    member,
    visitor: { Authorization: `Bearer ${session.token}` },
    corpId,
    personId: contact.personId,
    identityId: required(contact.identities.find(({ kind }) => kind === 'external_userid')).id,
    shareId: share.id,
    materialId,
    async close() {
      await pool.end()
      await launched.stop()
      await embedded.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** JSON in, JSON out; anything but a 2xx ends the benchmark. */
export async function ask<T>(url: string, headers: Readonly<Record<string, string>> = {}, body?: unknown): Promise<T> {
  const answer = await fetch(url, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the scene has not what the benchmark needs')
  return value
}
