import { createHmac } from 'node:crypto'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { findBy } from '../../state/people.ts'
import type { World } from '../../state/world.ts'

/**
 * How an account knows a customer: the scene names the openids of the mini program and the first
 * official account, others follow from the appid.
 */
export function openidOf({ scene }: World, appid: string, customer: SceneCustomer): string {
  if (appid === scene.miniprogram.appid) return customer.miniprogramOpenid
  if (appid === scene.officialAccount.appid) return customer.officialOpenid
  return madeUp(appid, customer.id)
}

export function findByOpenid(
  world: World,
  appid: string,
  openid: string,
): SceneCustomer | undefined {
  const { customers, scene } = world
  if (appid === scene.miniprogram.appid) return findBy(customers, 'miniprogramOpenid', openid)
  if (appid === scene.officialAccount.appid) return findBy(customers, 'officialOpenid', openid)
  return customers.find(({ id }) => madeUp(appid, id) === openid)
}

/** Who a snapshot page says the customer is: nobody that any other call would know. */
export function snapshotIdentity(
  appid: string,
  customer: SceneCustomer,
): { openid: string; unionid: string } {
  return {
    openid: madeUp(`snapshot ${appid}`, customer.id),
    unionid: madeUp('snapshot', customer.id),
  }
}

const known = new Map<string, string>()

/** 28 characters like the platform's. A pure function's results, so they never go stale. */
function madeUp(owner: string, customerId: string): string {
  const key = `${owner} ${customerId}`
  const found = known.get(key)
  if (found !== undefined) return found
  const fresh = `o${createHmac('sha256', owner).update(customerId).digest('base64url').slice(0, 27)}`
  known.set(key, fresh)
  return fresh
}
