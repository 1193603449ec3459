import { createHmac } from 'node:crypto'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { findBy } from '../../state/people.ts'
import type { World } from '../../state/world.ts'

/**
 * How an account knows a customer: the scene names the openids of the mini program and the first
 * official account, others follow from the appid.
 */
export function openidOf(world: World, appid: string, customer: SceneCustomer): string {
  const { scene } = world
  if (appid === scene.miniprogram.appid) return customer.miniprogramOpenid
  if (appid === scene.officialAccount.appid) return customer.officialOpenid
  return madeUp(world, appid, customer.id)
}

export function findByOpenid(
  world: World,
  appid: string,
  openid: string,
): SceneCustomer | undefined {
  const { customers, scene } = world
  if (appid === scene.miniprogram.appid) return findBy(world, 'miniprogramOpenid', openid)
  if (appid === scene.officialAccount.appid) return findBy(world, 'officialOpenid', openid)
  return customers.find(({ id }) => madeUp(world, appid, id) === openid)
}

/** Who a snapshot page says the customer is: nobody that any other call would know. */
export function snapshotIdentity(
  world: World,
  appid: string,
  customer: SceneCustomer,
): { openid: string; unionid: string } {
  return {
    openid: madeUp(world, `snapshot ${appid}`, customer.id),
    unionid: madeUp(world, 'snapshot', customer.id),
  }
}

/** 28 characters like the platform's. A pure function, so what is kept never goes stale. */
function madeUp({ memory }: World, owner: string, customerId: string): string {
  const kept = memory.of(keptOpenids)
  const key = `${owner} ${customerId}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const hash = createHmac('sha256', owner).update(customerId).digest('base64url')
  const fresh = `o${hash.slice(0, 27)}`
  kept.set(key, fresh)
  return fresh
}

function keptOpenids(): Map<string, string> {
  return new Map()
}
