import type { Area } from '../../platform/area.ts'
import type { World } from '../../state/world.ts'
import { miniprogramMethods } from '../miniprogram/methods.ts'
import { officialMethods } from '../official/methods.ts'
import { accountsOf } from './accounts.ts'
import { accountHappenings } from './happenings.ts'
import { accountsLedger } from './ledger.ts'
import { oauthMethods } from './oauth.ts'
import { quotaMeters } from './quota.ts'
import { serviceMethods } from './service.ts'
import { tokenMethods } from './tokens.ts'

const methods = [...tokenMethods, ...oauthMethods, ...serviceMethods(isMethod)]

/** Tokens, sign-in and quotas of every kind of WeChat account. */
export const accounts: Area = {
  service: 'wechat',
  title: '帐号',
  methods,
  happenings: accountHappenings,
  ledger: accountsLedger,
  tables: (world) => [accountsTable(world)],
  meters: quotaMeters,
}

function isMethod(path: string): boolean {
  return [...methods, ...miniprogramMethods, ...officialMethods].some((one) => one.path === path)
}

function accountsTable(world: World) {
  return {
    title: '帐号',
    columns: ['appid', '名称', '类型', '原始 ID', 'IP 白名单'],
    rows: accountsOf(world).map(({ appid, name, kind, originalId }) => [
      appid,
      name,
      kind,
      originalId,
      world.accounts.allowedIps.get(appid)?.join(' ') ?? '不限',
    ]),
  }
}
