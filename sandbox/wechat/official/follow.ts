import { addMessage, changed, findCustomer, now, type World } from '../../state/world.ts'
import { officialConversation } from './conversations.ts'
import {
  createFollower,
  type Follower,
  type OfficialAccountRecord,
  type OfficialQrCode,
} from './state.ts'
import { allowFor, tellEvent } from './tell.ts'

interface Way {
  scene: Follower['scene']
  code?: OfficialQrCode
}

/** A customer follows: with a QR code the event carries its scene and ticket. */
export function follow(
  world: World,
  account: OfficialAccountRecord,
  customerId: string,
  { scene, code }: Way = { scene: 'ADD_SCENE_SEARCH' },
) {
  if (account.followers.has(customerId)) return
  account.followers.set(customerId, createFollower(now(world), scene, code?.scene ?? null))
  setSubscribed(world, account, customerId, true)
  const conversation = officialConversation(world, account.appid, customerId)
  addMessage(
    world,
    conversation,
    { kind: 'system', id: 'system' },
    { kind: 'notice', text: `你已关注${account.name}` },
  )
  allowFor(world, account, customerId, 'follow')
  tellEvent(
    world,
    account,
    customerId,
    'subscribe',
    code && { EventKey: `qrscene_${code.scene}`, Ticket: code.ticket },
  )
}

/** The chat stays, so that one can see what was said; nothing more is. */
export function unfollow(world: World, account: OfficialAccountRecord, customerId: string) {
  if (!account.followers.delete(customerId)) return
  setSubscribed(world, account, customerId, false)
  const conversation = officialConversation(world, account.appid, customerId)
  addMessage(
    world,
    conversation,
    { kind: 'system', id: 'system' },
    { kind: 'notice', text: `你已取消关注${account.name}` },
  )
  tellEvent(world, account, customerId, 'unsubscribe')
}

/** `subscribed` of a customer means the first official account. */
function setSubscribed(
  world: World,
  { appid }: OfficialAccountRecord,
  customerId: string,
  isFollower: boolean,
) {
  const customer = findCustomer(world, customerId)
  if (customer && appid === world.scene.officialAccount.appid) customer.subscribed = isFollower
  changed(world, { customers: [customerId] })
}
