import { addedAt, avatarUrl, findTag } from '../../state/describe.ts'
import type { SceneCustomer, SceneFollow } from '../../scenes/scene.ts'
import { invalidParameter, textField } from '../../platform/fields.ts'
import { findMember, type World } from '../../state/world.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { authorize, isVisible, ok, type Caller } from '../access.ts'

/** Followers on one page of externalcontact/get (WW-92114). */
const followersOnPage = 500

export const contactMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/externalcontact/get_follow_user_list', handle: listFollowers },
  { method: 'GET', path: '/cgi-bin/externalcontact/list', handle: listContacts },
  { method: 'GET', path: '/cgi-bin/externalcontact/get', handle: getContact },
  { method: 'POST', path: '/cgi-bin/externalcontact/unionid_to_external_userid', handle: convertUnionid },
  { method: 'POST', path: '/cgi-bin/externalcontact/get_corp_tag_list', handle: listTags },
  { method: 'POST', path: '/cgi-bin/externalcontact/groupchat/get', handle: getGroupChat },
]

/** WW-92571: members with the customer-contact function, as far as the app sees them. */
function listFollowers(world: World, call: Upstream): Reply {
  const { app, ids } = authorize(world, call)
  return { ...ok, follow_user: world.members.filter((member) => isVisible(app, member)).map(({ id }) => ids.member(id)) }
}

/** WW-92113. */
function listContacts(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const { userid } = call.query
  if (!userid) throw new Refusal(41009, 'userid missing')
  const member = caller.ids.findMember(userid)
  if (!member) throw new Refusal(60111, 'userid not found')
  if (!isVisible(caller.app, member)) throw new Refusal(50002, 'not allow to access user')
  const ids = world.customers
    .filter(({ follows }) => follows.some(({ memberId }) => memberId === member.id))
    .map((customer) => caller.ids.customer(customer))
  if (ids.length === 0) throw new Refusal(84061, 'not external contact')
  return { ...ok, external_userid: ids }
}

/** WW-92114. Own apps with a bound WeChat developer id get the unionid; only followers in the visible range are listed. */
function getContact(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const { external_userid: wanted, cursor } = call.query
  if (!wanted) throw new Refusal(41035, 'external_userid missing')
  const customer = caller.ids.findCustomer(wanted)
  if (!customer || customer.follows.length === 0) throw new Refusal(40096, 'invalid external userid')
  const followers = customer.follows.filter(({ memberId }) => seesMember(world, caller, memberId))
  if (followers.length === 0) throw new Refusal(84061, 'not external contact')
  const from = cursor ? Number(Buffer.from(cursor, 'base64url').toString()) || 0 : 0
  const page = followers.slice(from, from + followersOnPage)
  const more = from + page.length < followers.length
  return {
    ...ok,
    external_contact: describeExternal(world, caller, customer),
    follow_user: page.map((follow) => describeFollowUser(world, caller, customer, follow)),
    ...(more && { next_cursor: Buffer.from(String(from + page.length)).toString('base64url') }),
  }
}

function describeExternal(world: World, { app, ids }: Caller, customer: SceneCustomer): Reply {
  // A contact in WeChat (type 1) has no corp and no position of its own; what the rep wrote is in follow_user.
  return {
    external_userid: ids.customer(customer),
    name: customer.name,
    avatar: avatarUrl(world, customer.id),
    type: 1,
    gender: app.mode === 'own' ? { unknown: 0, male: 1, female: 2 }[customer.gender] : 0,
    // WW-96315: neither customized nor third-party apps get it.
    ...(app.mode === 'own' && { unionid: customer.unionid }),
  }
}

function describeFollowUser(world: World, { ids }: Caller, customer: SceneCustomer, follow: SceneFollow): Reply {
  return {
    userid: ids.member(follow.memberId),
    remark: follow.remark,
    description: follow.description,
    createtime: Math.floor(addedAt(world, follow.addedMinutesAgo) / 1000),
    tags: follow.tagIds
      .flatMap((id) => findTag(world, id) ?? [])
      .map(({ id, name, group }) => ({ group_name: group, tag_name: name, tag_id: id, type: 1 })),
    ...(customer.corpFullName && { remark_corp_name: customer.corpFullName }),
    remark_mobiles: follow.phones,
    oper_userid: follow.addWay === 202 ? 'sys' : ids.member(follow.memberId),
    add_way: follow.addWay,
    ...(follow.state !== null && { state: follow.state }),
  }
}

/** WW-93274, own apps: a unionid of an account of ours becomes the contact's external_userid. */
function convertUnionid(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const unionid = textField(call, 'unionid', { missing: invalidParameter })
  const customer = world.customers.find((one) => one.unionid === unionid)
  if (!customer) throw new Refusal(610014, 'invalid unionid')
  if (!customer.follows.some(({ memberId }) => seesMember(world, caller, memberId))) throw new Refusal(84061, 'not external contact')
  return { ...ok, external_userid: caller.ids.customer(customer) }
}

function seesMember(world: World, { app }: Caller, memberId: string): boolean {
  const member = findMember(world, memberId)
  return member !== undefined && isVisible(app, member)
}

/** WW-92117. With both lists given only group_id counts. */
function listTags(world: World, call: Upstream): Reply {
  authorize(world, call)
  const groupIds = Array.isArray(call.body?.group_id) ? call.body.group_id : []
  const tagIds = Array.isArray(call.body?.tag_id) ? call.body.tag_id : []
  const createTime = Math.floor(world.setAt / 1000) - 90 * 86_400
  const groups = world.tagGroups
    .filter(({ id }) => groupIds.length === 0 || groupIds.includes(id))
    .map((group) => ({ ...group, tags: group.tags.filter(({ id }) => groupIds.length > 0 || tagIds.length === 0 || tagIds.includes(id)) }))
    .filter(({ tags }) => tags.length > 0)
  return {
    ...ok,
    tag_group: groups.map(({ id, name, tags }, order) => ({
      group_id: id,
      group_name: name,
      create_time: createTime,
      order,
      deleted: false,
      tag: tags.map((tag, index) => ({ id: tag.id, name: tag.name, create_time: createTime, order: index, deleted: false })),
    })),
  }
}

/** WW-92122. */
function getGroupChat(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const wanted = textField(call, 'chat_id', { missing: [86201, 'chatid missing'] })
  const chat = world.groupChats.find(({ chatId }) => chatId === wanted)
  if (!chat) throw new Refusal(40050, 'invalid chatid')
  if (!seesMember(world, caller, chat.ownerId)) throw new Refusal(60011, 'no privilege to access/modify contact/party/agent')
  const withNames = call.body?.need_name === 1
  const joined = Math.floor(addedAt(world, chat.createdMinutesAgo) / 1000)
  const participants = world.conversations.find(({ id }) => id === chat.conversationId)?.participants ?? []
  const members = participants.map(({ kind, id }) => {
    const customer = kind === 'customer' ? world.customers.find((one) => one.id === id) : undefined
    const name = customer?.name ?? world.members.find((one) => one.id === id)?.name ?? id
    return {
      userid: customer ? caller.ids.customer(customer) : caller.ids.member(id),
      type: customer ? 2 : 1,
      ...(customer && caller.app.mode === 'own' && { unionid: customer.unionid }),
      join_time: joined,
      join_scene: 1,
      invitor: { userid: caller.ids.member(chat.ownerId) },
      group_nickname: '',
      ...(withNames && { name }),
    }
  })
  const { chatId, name, ownerId, notice } = chat
  return { ...ok, group_chat: { chat_id: chatId, name, owner: caller.ids.member(ownerId), create_time: joined, notice, member_list: members, admin_list: [] } }
}
