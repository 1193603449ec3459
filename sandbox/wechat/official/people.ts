import type { SceneCustomer } from '../../scenes/scene.ts'
import { Refusal } from '../../platform/method.ts'
import { findCustomer, now, type World } from '../../state/world.ts'
import { accountsOf } from '../accounts/accounts.ts'
import { findByOpenid, openidOf } from '../accounts/openids.ts'
import type { Follower, OfficialAccountRecord } from './state.ts'

/** The customer behind an openid. 40003: nobody's; 49003: somebody's, but another account's. */
export function personOf(
  world: World,
  { appid }: OfficialAccountRecord,
  openid: string,
): SceneCustomer {
  const customer = findByOpenid(world, appid, openid)
  if (customer) return customer
  const isElsewhere = accountsOf(world).some((account) =>
    findByOpenid(world, account.appid, openid),
  )
  throw isElsewhere
    ? new Refusal(49003, 'not match openid with appid')
    : new Refusal(40003, 'invalid openid')
}

/** A customer who can be written to. */
export function reachable(
  world: World,
  account: OfficialAccountRecord,
  openid: string,
): { customer: SceneCustomer; follower: Follower } {
  const customer = personOf(world, account, openid)
  const follower = account.followers.get(customer.id)
  if (!follower) throw new Refusal(43004, 'require subscribe')
  if (account.blacklist.has(customer.id)) throw new Refusal(43019, 'require remove blacklist')
  return { customer, follower }
}

/** The openids of some customers, by their ids. */
export function openidsOf(
  world: World,
  { appid }: OfficialAccountRecord,
  customerIds: Iterable<string>,
): string[] {
  return [...customerIds].flatMap((id) => {
    const customer = findCustomer(world, id)
    return customer ? [openidOf(world, appid, customer)] : []
  })
}

/** Pages of 10,000 that go on after the last openid of the one before. */
export function pageOf(
  openids: string[],
  after: string,
): { count: number; data?: { openid: string[] }; next_openid: string } {
  const start = after === '' ? 0 : openids.indexOf(after) + 1
  if (after !== '' && start === 0) throw new Refusal(40003, 'invalid openid')
  const page = openids.slice(start, start + 10_000)
  return {
    count: page.length,
    ...(page.length > 0 && { data: { openid: page } }),
    next_openid: page.at(-1) ?? '',
  }
}

/** Seconds. Who followed before the scene began did so sixty days ago. */
export function followedAt(world: World, { at }: Follower): number {
  return Math.floor((at ?? world.setAt - 60 * 86_400_000) / 1000)
}

export function nextId(account: OfficialAccountRecord): number {
  account.lastId += 1
  return account.lastId
}

/** Sixteen digits, as pushes carry them. */
export function makeMessageId(world: World, account: OfficialAccountRecord): number {
  return now(world) * 1000 + (nextId(account) % 1000)
}
