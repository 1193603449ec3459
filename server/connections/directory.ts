import * as v from 'valibot'
import type { Context } from '../base/context.ts'
import type { LastSeen } from '../base/http/operator/health.ts'
import type { Subject } from '../base/http/session/sessions.ts'
import { kept } from '../base/kept.ts'
import { fail } from '../base/problem.ts'
import type { PlatformSurroundings } from '../platforms/platform-api.ts'
import type { TokenStore } from '../platforms/platform-tokens.ts'
import { type MiniprogramClient, openMiniprogram } from '../platforms/wechat/miniprogram.ts'
import {
  type OfficialAccountClient,
  openOfficialAccount,
} from '../platforms/wechat/official-account.ts'
import { openWecom, type WecomClient } from '../platforms/wecom/client.ts'
import { secretPlace } from './secrets/locked-values.ts'
import type { Vault } from './secrets/vault.ts'
import { type Kind, type SecretName, settingsOf } from './settings.ts'
import {
  allConnections,
  allCorps,
  allSecrets,
  type ConnectionRow,
  connectionsChannel,
  type CorpRow,
} from './store.ts'

interface Common {
  readonly id: string
  readonly corpId: string
  /** The platform's name for it: the AgentId of an app, otherwise the AppId. */
  readonly platformId: string
  /** Signs and encrypts pushes to us. Null means that we take none. */
  readonly callback: { readonly token: string; readonly aesKey: string } | null
}

export interface WecomApp extends Common {
  readonly kind: 'wecom_app'
  readonly appKind: 'own' | 'customized' | 'third_party'
  /** Hosts (with port, when not the default one) whose pages we sign; our own is the first. */
  readonly trustedHosts: readonly string[]
  readonly client: WecomClient
}

export interface Miniprogram extends Common {
  readonly kind: 'miniprogram'
  readonly client: MiniprogramClient
}

export interface OfficialAccount extends Common {
  readonly kind: 'official_account'
  readonly client: OfficialAccountClient
}

export type Connection = WecomApp | Miniprogram | OfficialAccount
export type ConnectionOf<K extends Kind> = Extract<Connection, { kind: K }>

/** Selects a connection of a kind: the corp's main one, unless `platformId` is given. */
export interface Which {
  corpId?: string | undefined
  platformId?: string | undefined
}

/** The connections that this process knows: the rows, and a client for each. */
export interface Directory {
  /** Oldest first. */
  corps(): readonly CorpRow[]
  /** Whether the session's corp is connected, and for a member the app of the sign-in. */
  serves(subject: Subject): boolean
  /** Oldest first. */
  connections(): readonly Connection[]
  reload(): Promise<void>
}

export const directory = kept<Directory>('connections')

export interface DirectoryOptions {
  ctx: Pick<Context, 'config' | 'db' | 'listener' | 'clock' | 'log' | 'metrics'>
  vault: Vault
  tokens: TokenStore
  timeoutMs: number | undefined
  seen: PlatformSurroundings['seen']
}

/**
 * Reads the connections, and reads them again when a process changes them.
 * @throws SecretsError when a secret cannot be read
 */
export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  const { db, listener, log } = options.ctx
  let corps: readonly CorpRow[] = []
  let served: ReadonlySet<string> = new Set()
  let connections: readonly Connection[] = []
  let reading: Promise<void> = Promise.resolve()

  /** One after the other: a slow one must not put what is old over what a later one has read. */
  function reload(): Promise<void> {
    const next = reading.then(read, read)
    reading = next
    return next
  }

  async function read(): Promise<void> {
    const rows = await allConnections(db)
    const secrets = await unlockedSecrets(options)
    corps = await allCorps(db)
    served = new Set(corps.map(({ corpId }) => corpId))
    connections = rows.map((row) => connect(options, row, secrets.get(row.id) ?? {}))
  }

  function hear(): void {
    reload().catch((error: unknown) =>
      log.error({ err: error }, 'the connections could not be read again; the known ones stay'),
    )
  }

  await listener.subscribe(connectionsChannel, hear)
  listener.onReconnect(hear)
  await reload()
  return {
    corps: () => corps,
    serves: (subject) =>
      subject.kind === 'visitor'
        ? served.has(subject.corpId)
        : among(connections, 'wecom_app', { ...subject, platformId: subject.agentId }) !== null,
    connections: () => connections,
    reload,
  }
}

type Secrets = Partial<Record<SecretName, string>>

async function unlockedSecrets({ ctx, vault }: DirectoryOptions): Promise<Map<string, Secrets>> {
  const secrets = new Map<string, Secrets>()
  for (const { connectionId, name, value } of await allSecrets(ctx.db)) {
    const own = secrets.get(connectionId) ?? {}
    own[name] = await vault.unlock(value, secretPlace(connectionId, name))
    secrets.set(connectionId, own)
  }
  return secrets
}

function connect(options: DirectoryOptions, row: ConnectionRow, secrets: Secrets): Connection {
  const { ctx, tokens, timeoutMs, seen } = options
  const { config, clock, log, metrics } = ctx
  const { id, corpId, kind, platformId } = row
  const { callback_token: token, callback_aes_key: aesKey } = secrets
  const callback = token && aesKey ? { token, aesKey } : null
  const common = { id, corpId, platformId, callback }
  const secret = secrets.secret ?? ''
  const surroundings = { tokens, clock, log, metrics, timeoutMs, seen }
  const { apiUrl, openUrl } = config.wechat
  const account = { appId: platformId, secret }
  switch (kind) {
    case 'wecom_app': {
      const { appKind, trustedHosts } = v.parse(settingsOf.wecom_app, row.settings)
      const app = { corpId, agentId: platformId, secret, appKind }
      const wecom = { app, apiUrl: config.wecom.apiUrl, openUrl, ...surroundings }
      return {
        ...common,
        kind,
        appKind,
        trustedHosts: [new URL(config.publicUrl).host, ...trustedHosts],
        client: openWecom(wecom),
      }
    }
    case 'miniprogram':
      return { ...common, kind, client: openMiniprogram({ account, apiUrl, ...surroundings }) }
    case 'official_account': {
      const client = openOfficialAccount({ account, apiUrl, openUrl, ...surroundings })
      return { ...common, kind, client }
    }
  }
}

/** Returns the connection with its client and settings, or null. */
export function findConnection<K extends Kind>(
  ctx: Pick<Context, 'memory'>,
  kind: K,
  which: Which,
): ConnectionOf<K> | null {
  return among(ctx.memory.get(directory).connections(), kind, which)
}

function among<K extends Kind>(
  connections: readonly Connection[],
  kind: K,
  { corpId, platformId }: Which,
): ConnectionOf<K> | null {
  const found = connections.find(
    (one): one is ConnectionOf<K> =>
      one.kind === kind &&
      (corpId === undefined || one.corpId === corpId) &&
      (platformId === undefined || one.platformId === platformId),
  )
  return found ?? null
}

/** @throws Problem `corp_unknown` for an app of WeCom, `app_unknown` for an account of WeChat */
export function connectionOf<K extends Kind>(
  ctx: Pick<Context, 'memory'>,
  kind: K,
  which: Which,
): ConnectionOf<K> {
  const found = findConnection(ctx, kind, which)
  if (found) return found
  const { corpId, platformId } = which
  const what = platformId ?? (corpId === undefined ? '' : `of corp ${corpId}`)
  return kind === 'wecom_app'
    ? fail('corp_unknown', 'This installation serves another corp or app')
    : fail(
        'app_unknown',
        `No ${kind === 'miniprogram' ? 'mini program' : 'official account'} ${what} is connected here`,
      )
}

/**
 * Returns a connection of this kind by its id.
 * @throws Problem `app_unknown` when it is not connected any more
 */
export function connectionById<K extends Kind>(
  ctx: Pick<Context, 'memory'>,
  kind: K,
  id: string,
): ConnectionOf<K> {
  const found = ctx.memory
    .get(directory)
    .connections()
    .find((one): one is ConnectionOf<K> => one.kind === kind && one.id === id)
  return found ?? fail('app_unknown', 'This account is connected here no more')
}

/** Returns all connections of this kind that a corp has, oldest first. */
export function connectionsOf<K extends Kind>(
  ctx: Pick<Context, 'memory'>,
  kind: K,
  corpId: string,
): ConnectionOf<K>[] {
  return ctx.memory
    .get(directory)
    .connections()
    .filter((one): one is ConnectionOf<K> => one.kind === kind && one.corpId === corpId)
}

/** Returns the client of the corp's main app. @throws Problem `corp_unknown` */
export function wecomOf(ctx: Pick<Context, 'memory'>, corpId: string): WecomClient {
  return connectionOf(ctx, 'wecom_app', { corpId }).client
}

/** Whether a provider made the corp's main app. WeCom then gives no unionids (WW-97108). */
export function isMadeByProvider(ctx: Pick<Context, 'memory'>, corpId: string): boolean {
  const app = findConnection(ctx, 'wecom_app', { corpId })
  return app !== null && app.appKind !== 'own'
}

/** Returns the name of a corp, or its id once it is disconnected. */
export function corpName(ctx: Pick<Context, 'memory'>, corpId: string): string {
  const corps = ctx.memory.get(directory).corps()
  return corps.find((corp) => corp.corpId === corpId)?.name ?? corpId
}

/**
 * Returns the only corp of this server, for requests that name none.
 * @throws Problem `corp_unknown` when there are several, or none
 */
export function onlyCorp(ctx: Pick<Context, 'memory'>): CorpRow {
  const [one, ...others] = ctx.memory.get(directory).corps()
  if (one && others.length === 0) return one
  return fail(
    'corp_unknown',
    one ? 'Several corps are served here: say which' : 'No corp is connected',
  )
}

/** Whether an app of any corp is connected. Without one nobody can sign in. */
export function isConnected(ctx: Pick<Context, 'memory'>): boolean {
  return findConnection(ctx, 'wecom_app', {}) !== null
}

/** Opens the last known state of WeCom, for the health of the server. */
export function openSeen({ clock }: Pick<Context, 'clock'>): {
  seen: PlatformSurroundings['seen']
  last: () => LastSeen | null
} {
  let last: LastSeen | null = null
  return {
    seen(platform, ok, detail) {
      if (platform === 'wecom') last = { at: clock.now(), ok, detail }
    },
    last: () => last,
  }
}
