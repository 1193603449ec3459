import { Nonsense } from '../../doors/nonsense.ts'
import type { SceneCustomer, SceneFollow } from '../../scenes/scene.ts'
import {
  addMessage,
  changed,
  findCustomer,
  findMember,
  now,
  type Conversation,
  type World,
} from '../../state/world.ts'
import { contactConversation } from '../../webview/webviews.ts'
import { hasFeature } from './people.ts'
import { tellContact } from './tell.ts'
import { issueWelcome, welcomeElement } from './welcome-codes.ts'

/** The one who speaks grey lines. */
export const system = { kind: 'system', id: 'wecom' } as const

export interface Adding {
  memberId: string
  customerId: string
  addWay: number
  state: string | null
  /** The member takes customers without verification, and has not accepted this one. */
  half?: boolean
}

/**
 * A customer and a member become contacts; apps are told. Throws `Nonsense` when they are already.
 */
export function addContact(
  world: World,
  { memberId, customerId, addWay, state, half = false }: Adding,
): SceneFollow {
  const customer = knownCustomer(world, customerId)
  const name = knownMember(world, memberId).name
  if (!hasFeature(world, memberId))
    throw new Nonsense(`${memberId} may not have customers: contact.feature`)
  const old = customer.follows.find((one) => one.memberId === memberId)
  if (old && !old.lost) throw new Nonsense(`${customerId} is a contact of ${memberId} already`)
  dropApplication(world, memberId, customerId)
  const conversation = contactConversation(world, memberId, customerId)
  if (old) return comeBack(world, customer, old, state)
  const follow: SceneFollow = {
    memberId,
    remark: customer.name,
    description: '',
    tagIds: [],
    addedMinutesAgo: minutesAgo(world),
    addWay,
    state,
    phones: [],
    ...(half && { half: true }),
  }
  customer.follows.push(follow)
  note(
    world,
    conversation,
    half
      ? `${customer.name} 添加了 ${name}，等待 ${name} 通过`
      : `${name} 已添加 ${customer.name}，现在可以开始聊天了`,
  )
  announce(world, half ? 'add_half_external_contact' : 'add_external_contact', customer, follow)
  return follow
}

/**
 * Somebody who had deleted the member is back at once, without verification, and the state noted
 * before stays.
 */
function comeBack(
  world: World,
  customer: SceneCustomer,
  follow: SceneFollow,
  state: string | null,
): SceneFollow {
  delete follow.lost
  changed(world, { customers: [customer.id] })
  tellContact(
    world,
    'add_external_contact',
    { memberId: follow.memberId, customer },
    { after: () => ({ ...stateElement(state) }) },
  )
  return follow
}

/**
 * The member takes a customer who waited: somebody to verify, or one who came in without
 * verification.
 */
export function acceptContact(world: World, memberId: string, customerId: string): SceneFollow {
  const customer = knownCustomer(world, customerId)
  const member = knownMember(world, memberId)
  const application = dropApplication(world, memberId, customerId)
  if (application) return addContact(world, application)
  const follow = customer.follows.find((one) => one.memberId === memberId)
  if (!follow?.half) throw new Nonsense(`${customerId} does not wait for ${memberId}`)
  delete follow.half
  note(
    world,
    contactConversation(world, memberId, customerId),
    `${member.name} 已添加 ${customer.name}，现在可以开始聊天了`,
  )
  announce(world, 'add_external_contact', customer, follow)
  return follow
}

/** The member must verify the customer first. Nobody is told of it. */
export function applyForContact(world: World, { memberId, customerId, addWay, state }: Adding) {
  dropApplication(world, memberId, customerId)
  world.contacts.applications.push({ memberId, customerId, addWay, state })
  const { name } = knownCustomer(world, customerId)
  note(
    world,
    contactConversation(world, memberId, customerId),
    `${name} 请求添加 ${knownMember(world, memberId).name} 为联系人，等待验证`,
  )
}

/** The relation ends at the member's side; WeCom does not tell the customer. */
export function removeContact(
  world: World,
  memberId: string,
  customerId: string,
  byTransfer: boolean,
) {
  const { customer, follow } = knownRelation(world, memberId, customerId)
  customer.follows = customer.follows.filter((one) => one !== follow)
  changed(world, { customers: [customerId] })
  const source = byTransfer ? { Source: 'DELETE_BY_TRANSFER' } : {}
  tellContact(
    world,
    'del_external_contact',
    { memberId, customer },
    { after: () => ({ ...source }) },
  )
}

export function knownRelation(
  world: World,
  memberId: string,
  customerId: string,
): { customer: SceneCustomer; follow: SceneFollow } {
  const customer = knownCustomer(world, customerId)
  knownMember(world, memberId)
  const follow = customer.follows.find((one) => one.memberId === memberId)
  if (!follow) throw new Nonsense(`${customerId} is no contact of ${memberId}`)
  return { customer, follow }
}

export function knownCustomer(world: World, id: string): SceneCustomer {
  const customer = findCustomer(world, id)
  if (!customer) throw new Nonsense(`there is no customer "${id}"`)
  return customer
}

export function knownMember(world: World, id: string) {
  const member = findMember(world, id)
  if (!member) throw new Nonsense(`there is no member "${id}"`)
  return member
}

/** A grey line in the chat. */
export function note(world: World, conversation: Conversation, text: string) {
  addMessage(world, conversation, system, { kind: 'notice', text })
}

/** "Minutes before the scene" of this moment: below zero. */
export function minutesAgo(world: World): number {
  return (world.setAt - now(world)) / 60_000
}

function announce(world: World, changeType: string, customer: SceneCustomer, follow: SceneFollow) {
  const { memberId } = follow
  const code = issueWelcome(world, customer, follow)
  changed(world, {
    customers: [customer.id],
    conversations: [contactConversation(world, memberId, customer.id).id],
  })
  const after = { ...stateElement(follow.state) }
  tellContact(
    world,
    changeType,
    { memberId, customer },
    { after: (app) => ({ ...after, ...welcomeElement(app, code) }) },
  )
}

function stateElement(state: string | null): { State?: string } {
  return state === null ? {} : { State: state }
}

function dropApplication(world: World, memberId: string, customerId: string) {
  const found = world.contacts.applications.find(
    (one) => one.memberId === memberId && one.customerId === customerId,
  )
  if (found)
    world.contacts.applications = world.contacts.applications.filter((one) => one !== found)
  return found
}
