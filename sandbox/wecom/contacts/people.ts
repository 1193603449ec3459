import type { SceneCustomer, SceneFollow, SceneMember } from '../../scenes/scene.ts'
import { Refusal } from '../../platform/method.ts'
import { addedAt } from '../../state/find.ts'
import { findMember, now, type World } from '../../state/world.ts'
import { isVisible, visibleMember, type Caller } from '../access.ts'
import { activateByItself } from '../licences/auto-activation.ts'
import { isLicensed, licenceOf, trialOf } from '../licences/licensed.ts'

/** 授权前一个月: the page does not say how long that month is. */
const monthBefore = 30 * 86_400_000

/** Is the member in the visible range of the calling app? */
export function seesMember(world: World, { app }: Caller, memberId: string): boolean {
  const member = findMember(world, memberId)
  return member !== undefined && isVisible(app, member)
}

/** 客户联系, which an admin gives to members. */
export function hasFeature(world: World, memberId: string): boolean {
  return !world.contacts.withoutFeature.includes(memberId)
}

/** A member in range who may serve customers: 41009, 60111, 60011, 84074. */
export function servingMember(world: World, caller: Caller, userid: string): SceneMember {
  if (userid === '') throw new Refusal(41009, 'missing userid')
  const member = visibleMember(caller, userid)
  if (!hasFeature(world, member.id)) throw new Refusal(84074, 'no external contact permission')
  return member
}

/**
 * 701008: without an account of the 互通 kind nothing about the member's customers is told
 * (WW-95652).
 */
export function isServed(world: World, { app }: Caller, memberId: string): boolean {
  const member = findMember(world, memberId)
  if (member) activateByItself(world, app, member, 'called', 'contact')
  return isLicensed(world, app, memberId, 'contact')
}

/**
 * 48011 is said when this is false: the app is so little used that it learns of active members'
 * customers only, or of nobody's (WW-96307).
 */
export function isActive({ app: { activity } }: Caller, memberId: string): boolean {
  if (activity.state === 'low') return activity.activeMembers.includes(memberId)
  return activity.state === 'active'
}

/**
 * WW-96307: while a provider's app is on trial it learns of the customers who were added in the
 * month before the authorization and since then. A paid account of the member ends that.
 */
export function isTold(world: World, { app }: Caller, follow: SceneFollow): boolean {
  const trial = app.mode === 'own' ? null : trialOf(world, app.suiteId)
  if (trial === null || now(world) >= trial.end) return true
  if (licenceOf(world, follow.memberId)?.kind === 'contact') return true
  return addedAt(world, follow.addedMinutesAgo) >= trial.start - monthBefore
}

export function findCustomerOf(caller: Caller, externalUserid: string): SceneCustomer {
  if (externalUserid === '') throw new Refusal(41035, 'missing external userid')
  const customer = caller.ids.findCustomer(externalUserid)
  if (!customer) throw new Refusal(40096, 'invalid external userid')
  return customer
}

/** The relation of a member in range and a customer: also 84061. */
export function relationOf(
  world: World,
  caller: Caller,
  userid: string,
  externalUserid: string,
): { member: SceneMember; customer: SceneCustomer; follow: SceneFollow } {
  const member = servingMember(world, caller, userid)
  const customer = findCustomerOf(caller, externalUserid)
  const follow = customer.follows.find(({ memberId }) => memberId === member.id)
  if (!follow) throw new Refusal(84061, 'not external contact')
  return { member, customer, follow }
}

export interface Contact {
  customer: SceneCustomer
  follow: SceneFollow
}

interface Known {
  /** A reset or a restored snapshot brings another list. */
  list: SceneCustomer[] | null
  /** Of the world: whatever changes it raises it. */
  revision: number
  byMember: Map<string, Contact[]>
}

/**
 * The contacts of a member. One pass over 10,000 customers serves all calls until something
 * changes: a server reads them a hundred at a time.
 */
export function contactsOf(world: World, memberId: string): Contact[] {
  const known = world.memory.of(nothingKnown)
  if (known.list !== world.customers || known.revision !== world.revision)
    Object.assign(known, sortContacts(world))
  return known.byMember.get(memberId) ?? []
}

function nothingKnown(): Known {
  return { list: null, revision: 0, byMember: new Map() }
}

function sortContacts({ customers, revision }: World): Known {
  const byMember: Known['byMember'] = new Map()
  for (const customer of customers) {
    for (const follow of customer.follows) {
      const contacts = byMember.get(follow.memberId)
      if (contacts) contacts.push({ customer, follow })
      else byMember.set(follow.memberId, [{ customer, follow }])
    }
  }
  return { list: customers, revision, byMember }
}
