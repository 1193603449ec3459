import { createHash } from 'node:crypto'
import { inside, numberField, objectField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { Party } from '../../api.ts'
import type { SceneGroupChat } from '../../scenes/scene.ts'
import { findCustomer, findMember, type World } from '../../state/world.ts'
import { authorize, isVisible, ok, requirePermission, type Caller } from '../access.ts'
import { takePage } from './page.ts'
import { isServed, seesMember } from './people.ts'
import { addedAt } from '../../state/find.ts'

export const groupMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/groupchat/list', handle: listGroupChats },
  { method: 'POST', path: '/cgi-bin/externalcontact/groupchat/get', handle: getGroupChat },
  { method: 'POST', path: '/cgi-bin/externalcontact/opengid_to_chatid', handle: convertOpengid },
]

/** 81017: with more people in range the owners must be named (WW-92120). */
const mostUnfiltered = 1000
const outOfRange: [number, string] = [60011, 'no privilege to access/modify contact/party/agent']

function authorizeGroups(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:base:base')
  return caller
}

/** WW-92120. Nobody here has left the corp, so every chat has status 0. */
function listGroupChats(world: World, call: Upstream): Reply {
  const caller = authorizeGroups(world, call)
  const status = numberField(call, 'status_filter', 0, {
    least: 0,
    most: 3,
    wrong: [40058, 'status_filter invalid'],
  })
  const limit = numberField(call, 'limit', 0, {
    missing: [40058, 'limit invalid'],
    least: 1,
    most: 1000,
    wrong: [40058, 'limit invalid'],
  })
  const filter = inside(call, objectField(call, 'owner_filter'))
  const userids = textsField(filter, 'userid_list', {
    most: 100,
    wrong: [40032, 'invalid userid list size'],
  })
  const inRange = world.members.filter((member) => isVisible(caller.app, member))
  if (userids.length === 0 && inRange.length > mostUnfiltered)
    throw new Refusal(81017, 'requested data exceeds limit')
  const owners =
    userids.length === 0
      ? inRange.map(({ id }) => id)
      : userids.map((userid) => requireOwner(caller, userid))
  const served = owners.filter((id) => isServed(world, caller, id))
  if (owners.length > 0 && served.length === 0) throw new Refusal(701008, 'no active license')
  const chats = world.groupChats.filter(
    (chat) => !chat.dismissed && served.includes(chat.ownerId) && status === 0,
  )
  const { page, next } = takePage(chats, textField(call, 'cursor'), limit)
  return {
    ...ok,
    group_chat_list: page.map(({ chatId }) => ({ chat_id: chatId, status: 0 })),
    next_cursor: next,
  }
}

function requireOwner({ app, ids }: Caller, userid: string): string {
  const member = ids.findMember(userid)
  if (!member) throw new Refusal(40003, 'invalid userid')
  if (!isVisible(app, member)) throw new Refusal(...outOfRange)
  return member.id
}

/** WW-92122. */
function getGroupChat(world: World, call: Upstream): Reply {
  const caller = authorizeGroups(world, call)
  const wanted = textField(call, 'chat_id', { missing: [86201, 'chatid missing'] })
  const withNames = numberField(call, 'need_name', 0) === 1
  const chat = world.groupChats.find(({ chatId }) => chatId === wanted)
  if (!chat) throw new Refusal(40050, 'invalid chatid')
  if (!seesMember(world, caller, chat.ownerId)) throw new Refusal(...outOfRange)
  if (!isServed(world, caller, chat.ownerId)) throw new Refusal(701008, 'no active license')
  if (chat.dismissed) throw new Refusal(49008, 'group chat is dismissed')
  const members = participantsOf(world, chat).map((party) =>
    describeParticipant(world, caller, chat, party, withNames),
  )
  return {
    ...ok,
    group_chat: {
      chat_id: chat.chatId,
      name: chat.name,
      owner: caller.ids.member(chat.ownerId),
      create_time: Math.floor(addedAt(world, chat.createdMinutesAgo) / 1000),
      notice: chat.notice,
      member_list: members,
      admin_list: (chat.admins ?? []).map((id) => ({ userid: caller.ids.member(id) })),
      member_version: versionOf(chat),
    },
  }
}

function describeParticipant(
  world: World,
  { app, ids }: Caller,
  chat: SceneGroupChat,
  { kind, id }: Party,
  withNames: boolean,
): Reply {
  const customer = kind === 'customer' ? findCustomer(world, id) : undefined
  const name = customer?.name ?? findMember(world, id)?.name ?? id
  const { minutesAgo, scene, invitor, state } = chat.joined?.[`${kind}/${id}`] ?? {
    minutesAgo: chat.createdMinutesAgo,
    scene: 1,
    invitor: chat.ownerId,
    state: null,
  }
  return {
    userid: customer ? ids.customer(customer) : ids.member(id),
    type: customer ? 2 : 1,
    // WW-92122: of WeChat users, and for own apps only.
    ...(customer && !customer.isWecomUser && app.mode === 'own' && { unionid: customer.unionid }),
    join_time: Math.floor(addedAt(world, minutesAgo) / 1000),
    join_scene: scene,
    ...(state !== null && { state }),
    ...(invitor !== null && { invitor: { userid: ids.member(invitor) } }),
    group_nickname: '',
    ...(withNames && { name }),
  }
}

export function participantsOf(world: World, { conversationId }: SceneGroupChat): Party[] {
  return world.conversations.find(({ id }) => id === conversationId)?.participants ?? []
}

export function versionOf({ version, chatId }: SceneGroupChat): string {
  return version ?? createHash('md5').update(`members of ${chatId}`).digest('hex')
}

/** What WeChat tells a mini program that was opened from the chat (WW-94822). */
export function opengidOf({ chatId }: SceneGroupChat): string {
  return `o${createHash('sha256').update(`opengid ${chatId}`).digest('base64url').replace(/[-_]/g, 'A').slice(0, 27)}`
}

function convertOpengid(world: World, call: Upstream): Reply {
  const caller = authorizeGroups(world, call)
  const opengid = textField(call, 'opengid', { missing: [40058, 'missing opengid'] })
  const chat = world.groupChats.find((one) => opengidOf(one) === opengid)
  if (!chat) throw new Refusal(40058, 'invalid opengid')
  if (!seesMember(world, caller, chat.ownerId)) throw new Refusal(...outOfRange)
  return { ...ok, chat_id: chat.chatId }
}
