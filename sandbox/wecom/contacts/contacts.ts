import { numberField, numbersField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { SceneMember } from '../../scenes/scene.ts'
import type { World } from '../../state/world.ts'
import { departmentsBelow, seenDepartments } from '../apps/visible.ts'
import { authorize, isVisible, ok, requirePermission, type Caller } from '../access.ts'
import { describeExternal, describeFollowInfo, describeFollowUser } from './describe-contact.ts'
import { takePage } from './page.ts'
import {
  contactsOf,
  findCustomerOf,
  hasFeature,
  isActive,
  isServed,
  isTold,
  seesMember,
} from './people.ts'

/** Followers on one page of externalcontact/get (WW-92114). */
const followersOnPage = 500

/** 成员活跃不满足要求,无法获取客户数据. */
const tooLittleUsed: [number, string] = [48011, 'member not active, no access to customer data']

export const contactMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/externalcontact/get_follow_user_list', handle: listFollowers },
  { method: 'POST', path: '/cgi-bin/externalcontact/check_follow_user', handle: checkFollowers },
  { method: 'GET', path: '/cgi-bin/externalcontact/list', handle: listContacts },
  { method: 'GET', path: '/cgi-bin/externalcontact/get', handle: getContact },
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/batch/get_by_user',
    handle: getContactsOfMembers,
  },
]

function authorizeContacts(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:base:base')
  return caller
}

/** WW-92571: members with the customer-contact function, as far as the app sees them. */
function listFollowers(world: World, call: Upstream): Reply {
  const { app, ids } = authorizeContacts(world, call)
  const members = world.members.filter(
    (member) => isVisible(app, member) && hasFeature(world, member.id),
  )
  return { ...ok, follow_user: members.map(({ id }) => ids.member(id)) }
}

/**
 * WW-96312: who of these may have customers. A department may when everybody in it may; the page
 * does not say.
 */
function checkFollowers(world: World, call: Upstream): Reply {
  const caller = authorizeContacts(world, call)
  const members = textsField(call, 'userid').map((userid) => memberInRange(caller, userid))
  const departments = numbersField(call, 'partyid')
  const seen = new Set(seenDepartments(world, caller.app).map(({ id }) => id))
  if (!departments.every((id) => seen.has(id))) throw new Refusal(60003, 'department not found')
  const group = (isMeant: boolean) => {
    const userid = members.filter(({ id }) => hasFeature(world, id) === isMeant)
    const partyid = departments.filter((id) => mayServe(world, id) === isMeant)
    return {
      ...(userid.length > 0 && { userid: userid.map(({ id }) => caller.ids.member(id)) }),
      ...(partyid.length > 0 && { partyid }),
    }
  }
  return { ...ok, authorized: group(true), unauthorized: group(false) }
}

function mayServe(world: World, department: number): boolean {
  const below = departmentsBelow(world, department)
  const members = world.members.filter(({ departmentId }) => below.includes(departmentId))
  return members.length > 0 && members.every(({ id }) => hasFeature(world, id))
}

/** WW-92113. */
function listContacts(world: World, call: Upstream): Reply {
  const caller = authorizeContacts(world, call)
  const { userid } = call.query
  if (!userid) throw new Refusal(41009, 'userid missing')
  const member = caller.ids.findMember(userid)
  if (!member) throw new Refusal(60111, 'userid not found')
  if (!isVisible(caller.app, member)) throw new Refusal(50002, 'not allow to access user')
  if (!hasFeature(world, member.id)) throw new Refusal(84074, 'no external contact permission')
  if (!isServed(world, caller, member.id)) throw new Refusal(701008, 'no active license')
  if (!isActive(caller, member.id)) throw new Refusal(...tooLittleUsed)
  const contacts = contactsOf(world, member.id).filter(({ follow }) =>
    isTold(world, caller, follow),
  )
  if (contacts.length === 0) throw new Refusal(84061, 'not external contact')
  return { ...ok, external_userid: contacts.map(({ customer }) => caller.ids.customer(customer)) }
}

/** WW-92114. Followers outside the visible range or without a licence are left out. */
function getContact(world: World, call: Upstream): Reply {
  const caller = authorizeContacts(world, call)
  const customer = findCustomerOf(caller, call.query.external_userid ?? '')
  if (customer.follows.length === 0) throw new Refusal(40096, 'invalid external userid')
  const seen = customer.follows.filter(({ memberId }) => seesMember(world, caller, memberId))
  if (seen.length === 0) throw new Refusal(84061, 'not external contact')
  const served = seen.filter(({ memberId }) => isServed(world, caller, memberId))
  if (served.length === 0) throw new Refusal(701008, 'no active license')
  const active = served.filter(({ memberId }) => isActive(caller, memberId))
  if (active.length === 0) throw new Refusal(...tooLittleUsed)
  const followers = active.filter((follow) => isTold(world, caller, follow))
  if (followers.length === 0) throw new Refusal(84061, 'not external contact')
  const { page, next } = takePage(followers, call.query.cursor, followersOnPage)
  return {
    ...ok,
    external_contact: describeExternal(world, caller, customer),
    follow_user: page.map((follow) => describeFollowUser(world, caller, { customer, follow })),
    // 当跟进人多于500人时返回: alone among the lists, this one leaves it out (WW-96315).
    ...(next !== '' && { next_cursor: next }),
  }
}

/** WW-96316. */
function getContactsOfMembers(world: World, call: Upstream): Reply {
  const caller = authorizeContacts(world, call)
  const userids = textsField(call, 'userid_list', {
    missing: [41009, 'userid missing'],
    most: 100,
    wrong: [40032, 'invalid userid list size'],
  })
  const limit = numberField(call, 'limit', 50, { least: 1, most: 100 })
  const members = userids.map((userid) => memberInRange(caller, userid))
  const served = members.filter(({ id }) => isServed(world, caller, id))
  if (served.length === 0) throw new Refusal(701008, 'no active license')
  const active = served.filter(({ id }) => isActive(caller, id))
  if (active.length === 0) throw new Refusal(...tooLittleUsed)
  const contacts = active
    .flatMap(({ id }) => contactsOf(world, id))
    .filter(({ follow }) => isTold(world, caller, follow))
  const { page, next } = takePage(contacts, textField(call, 'cursor'), limit)
  const unlicensed = members
    .filter((member) => !served.includes(member))
    .map(({ id }) => caller.ids.member(id))
  return {
    ...ok,
    external_contact_list: page.map((contact) => ({
      external_contact: describeExternal(world, caller, contact.customer),
      follow_info: describeFollowInfo(world, caller, contact),
    })),
    next_cursor: next,
    ...(unlicensed.length > 0 && { fail_info: { unlicensed_userid_list: unlicensed } }),
  }
}

/** 40031: a name in the list is misspelt or not in the visible range. */
function memberInRange({ app, ids }: Caller, userid: string): SceneMember {
  const member = ids.findMember(userid)
  if (!member || !isVisible(app, member)) throw new Refusal(40031, 'invalid userid list')
  return member
}
