import type { World } from '../../state/world.ts'
import { Refusal } from '../../platform/method.ts'

export interface Account {
  kind: 'miniprogram' | 'official'
  appid: string
  secret: string
  name: string
  /** 原始 ID: how pushes name the account. */
  originalId: string
}

export function accountsOf({ scene }: World): Account[] {
  const { miniprogram, officialAccount, wechat } = scene
  return [
    { kind: 'miniprogram', ...miniprogram, originalId: wechat.miniprogram.originalId },
    { kind: 'official', ...officialAccount, originalId: wechat.service.originalId },
    { kind: 'official', ...wechat.subscription },
  ]
}

export function findAccount(world: World, appid: string): Account | undefined {
  return accountsOf(world).find((account) => account.appid === appid)
}

/** The account that an appid and secret name; the platform's words for each mistake. */
export function accountOf(
  world: World,
  appid: string | undefined,
  secret: string | undefined,
): Account {
  if (!appid) throw new Refusal(41002, 'appid missing')
  if (!secret) throw new Refusal(41004, 'appsecret missing')
  const account = findAccount(world, appid)
  if (!account) throw new Refusal(40013, 'invalid appid')
  if (account.secret !== secret) throw new Refusal(40125, 'invalid appsecret')
  return account
}
