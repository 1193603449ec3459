import { numberField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { SceneMember } from '../../scenes/scene.ts'
import type { World } from '../../state/world.ts'
import { authorize, isVisible, ok, requirePermission, type Caller } from '../access.ts'
import { describeExternal, describeFollowInfo, describeFollowUser } from './describe-contact.ts'
import { takePage } from './page.ts'
import { contactsOf, findCustomerOf, hasFeature, isServed, seesMember } from './people.ts'

/** Followers on one page of externalcontact/get (WW-92114). */
const followersOnPage = 500

export const contactMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/externalcontact/get_follow_user_list', handle: listFollowers },
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
  requirePermission(caller, 'contact.base')
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
  const contacts = contactsOf(world, member.id)
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
  const followers = seen.filter(({ memberId }) => isServed(world, caller, memberId))
  if (followers.length === 0) throw new Refusal(701008, 'no active license')
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
  const contacts = served.flatMap(({ id }) => contactsOf(world, id))
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
