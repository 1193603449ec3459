import type { OfficialAccount } from '../../api.ts'
import type { World } from '../../state/world.ts'
import { describeMenu } from './menus.ts'

/** For the desk. */
export function describeOfficialAccounts(world: World, iconUrl: string): OfficialAccount[] {
  return world.official.accounts.map((account) => ({
    appid: account.appid,
    name: account.name,
    iconUrl,
    kind: account.kind,
    menu: describeMenu(world, account),
    followers: [...account.followers.keys()],
  }))
}
