import type { World } from '../../state/world.ts'
import { Refusal } from '../../platform/method.ts'

interface Account {
  kind: 'miniprogram' | 'official'
  appid: string
  secret: string
}

/** The app that an appid and secret name; the platform's words for each mistake. */
export function accountOf(world: World, appid: string | undefined, secret: string | undefined): Account {
  const { miniprogram, officialAccount } = world.scene
  if (!appid) throw new Refusal(41002, 'appid missing')
  if (!secret) throw new Refusal(41004, 'appsecret missing')
  const account: Account | undefined =
    appid === miniprogram.appid
      ? { kind: 'miniprogram', ...miniprogram }
      : appid === officialAccount.appid
        ? { kind: 'official', ...officialAccount }
        : undefined
  if (!account) throw new Refusal(40013, 'invalid appid')
  if (account.secret !== secret) throw new Refusal(40125, 'invalid appsecret')
  return account
}
