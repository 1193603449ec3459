import { isDeepStrictEqual } from 'node:util'
import * as v from 'valibot'
import type { Context } from '../base/context.ts'
import { transact, type Transaction } from '../base/db/database.ts'
import type { FirstConnections } from '../config.ts'
import { type Account, connectIn, secretsOf } from './connect.ts'
import { directory } from './directory.ts'
import { secretPlace } from './secrets/locked-values.ts'
import { vault as keptVault, type Vault } from './secrets/vault.ts'
import { type Kind, type SecretName, settingsOf } from './settings.ts'
import {
  allConnections,
  allCorps,
  allSecrets,
  type ConnectionRow,
  insertCorp,
  lockConnections,
  setCorpName,
  setSecret,
  setSettings,
} from './store.ts'

const variables: Readonly<Record<Kind, Readonly<Partial<Record<SecretName, string>>>>> = {
  wecom_app: {
    secret: 'WECOM_AGENT_SECRET',
    callback_token: 'WECOM_CALLBACK_TOKEN',
    callback_aes_key: 'WECOM_CALLBACK_AES_KEY',
  },
  miniprogram: { secret: 'MINIPROGRAM_APP_SECRET' },
  official_account: { secret: 'OFFICIAL_ACCOUNT_APP_SECRET' },
}

/**
 * Connects accounts of the environment that the database does not know yet. For known accounts the
 * database decides; with `take` the environment does. Returns one sentence per difference, and one
 * per value that was taken over.
 */
export async function connectFirstAccounts(
  ctx: Context,
  { take = false }: { take?: boolean } = {},
): Promise<string[]> {
  const { firstConnections: first } = ctx.config
  if (!first) return []
  const vault = ctx.memory.get(keptVault)
  // One server at a time, so that two that start at once connect each account once.
  const said = await transact(ctx.db, async (tx) => {
    await lockConnections(tx)
    const sentences = await settleCorp(ctx, tx, first, take)
    for (const wanted of wantedBy(first))
      sentences.push(...(await settle(ctx, vault, tx, wanted, take)))
    return sentences
  })
  await ctx.memory.get(directory).reload()
  return said
}

async function settleCorp(
  ctx: Context,
  tx: Transaction,
  { corpId, corpName: name }: FirstConnections,
  take: boolean,
): Promise<string[]> {
  await insertCorp(tx, { corpId, name, createdAt: ctx.clock.now() })
  const known = (await allCorps(tx)).find((row) => row.corpId === corpId)
  if (known?.name === name) return []
  if (take) await setCorpName(tx, { corpId, name })
  return [sentence('CORP_NAME', `corp ${corpId}`, take)]
}

function wantedBy({ corpId, app, miniprogram, officialAccount }: FirstConnections): Account[] {
  const { agentId, secret, appKind, trustedHosts, callback } = app
  const wanted: Account[] = [
    {
      corpId,
      kind: 'wecom_app',
      platformId: agentId,
      settings: { appKind, trustedHosts },
      secrets: {
        secret,
        ...(callback && { callback_token: callback.token, callback_aes_key: callback.aesKey }),
      },
    },
  ]
  const accounts = { miniprogram, official_account: officialAccount } as const
  for (const kind of ['miniprogram', 'official_account'] as const) {
    const account = accounts[kind]
    if (!account) continue
    const { appId: platformId, secret: key } = account
    wanted.push({ corpId, kind, platformId, settings: {}, secrets: { secret: key } })
  }
  return wanted
}

async function settle(
  ctx: Context,
  vault: Vault,
  tx: Transaction,
  wanted: Account,
  take: boolean,
): Promise<string[]> {
  const { corpId, kind, platformId } = wanted
  // An AgentId is unique within a corp; an AppId is unique in all of WeChat.
  const known = (await allConnections(tx)).find(
    (row) =>
      row.kind === kind &&
      row.platformId === platformId &&
      (kind !== 'wecom_app' || row.corpId === corpId),
  )
  if (!known) {
    await connectIn(ctx, vault, tx, wanted)
    return []
  }
  if (known.corpId !== corpId)
    return [`${kind} ${platformId} is connected to corp ${known.corpId} and stays there.`]
  return compare(ctx, vault, tx, { known, wanted, take })
}

async function compare(
  ctx: Context,
  vault: Vault,
  tx: Transaction,
  { known, wanted, take }: { known: ConnectionRow; wanted: Account; take: boolean },
): Promise<string[]> {
  const { id, kind } = known
  const now = ctx.clock.now()
  const differing: string[] = []
  const schema = settingsOf[kind]
  if (!isDeepStrictEqual(v.parse(schema, known.settings), v.parse(schema, wanted.settings))) {
    differing.push('WECOM_APP_KIND or WECOM_TRUSTED_HOSTS')
    if (take) await setSettings(tx, { id, settings: wanted.settings, at: now })
  }
  const rows = (await allSecrets(tx)).filter(({ connectionId }) => connectionId === id)
  for (const [name, plain] of secretsOf(wanted)) {
    const place = secretPlace(id, name)
    const row = rows.find((one) => one.name === name)
    if (row && (await vault.unlock(row.value, place)) === plain) continue
    if (row) differing.push(variables[kind][name] ?? name)
    // A value that was never set does not contradict.
    if (!row || take) {
      const value = await vault.lock(plain, place)
      await setSecret(tx, { connectionId: id, name, value, setAt: now })
    }
  }
  return differing.map((variable) => sentence(variable, `${kind} ${wanted.platformId}`, take))
}

function sentence(variable: string, of: string, taken: boolean): string {
  return taken
    ? `${variable} was taken over for ${of}.`
    : `${variable} differs from what is stored for ${of}; what is stored is used. To take the environment's: npm run connections -- take`
}
