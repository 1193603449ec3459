import type { Context } from '../base/context.ts'
import { transact, type Transaction } from '../base/db/database.ts'
import { directory } from './directory.ts'
import { secretPlace } from './secrets/locked-values.ts'
import { vault as keptVault, type Vault } from './secrets/vault.ts'
import type { Kind, SecretName } from './settings.ts'
import {
  adoptCallbacks,
  insertConnection,
  insertCorp,
  lockConnections,
  setSecret,
} from './store.ts'

/** A platform account of a corp, with everything that its use needs. */
export interface Account {
  corpId: string
  kind: Kind
  /** The AgentId of an app, otherwise the AppId. */
  platformId: string
  /** By kind, as `settingsOf` describes. */
  settings: object
  secrets: Partial<Record<SecretName, string>>
}

/**
 * Connects an account, and a new corp under this name. Returns the connection's id. This process
 * knows the connection when the call returns; the other processes hear of it.
 * @throws Error when it is connected already, to this or to another corp
 */
export async function connectAccount(
  ctx: Context,
  { corpName, ...account }: Account & { corpName: string },
): Promise<string> {
  const id = await transact(ctx.db, async (tx) => {
    await lockConnections(tx)
    const { corpId } = account
    await insertCorp(tx, { corpId, name: corpName, createdAt: ctx.clock.now() })
    return connectIn(ctx, ctx.memory.get(keptVault), tx, account)
  })
  await ctx.memory.get(directory).reload()
  return id
}

/**
 * Does the same within a transaction that has locked the connections. No process reads them anew
 * yet.
 */
export async function connectIn(
  ctx: Pick<Context, 'clock' | 'random'>,
  vault: Vault,
  tx: Transaction,
  account: Account,
): Promise<string> {
  const { corpId, kind, platformId, settings } = account
  const id = ctx.random.id()
  const now = ctx.clock.now()
  const row = { id, corpId, kind, platformId, settings, createdAt: now, updatedAt: now }
  await insertConnection(tx, row)
  for (const [name, plain] of secretsOf(account)) {
    const value = await vault.lock(plain, secretPlace(id, name))
    await setSecret(tx, { connectionId: id, name, value, setAt: now })
  }
  if (kind === 'wecom_app') await adoptCallbacks(tx, row)
  return id
}

export function secretsOf({ secrets }: Pick<Account, 'secrets'>): [SecretName, string][] {
  return Object.entries(secrets) as [SecretName, string][]
}
