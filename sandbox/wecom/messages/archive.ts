import { inside, numberField, objectsField, textField } from '../../platform/fields.ts'
import { countWithin } from '../../platform/limits.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { push } from '../../pushes/push.ts'
import { now, seconds, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import type { Agreement, Edition } from './archive-state.ts'
import { addedAt } from '../../state/find.ts'

const minute = 60_000

export const archiveMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/msgaudit/get_permit_user_list', handle: listPermitted },
  { method: 'POST', path: '/cgi-bin/msgaudit/check_single_agree', handle: checkSingle },
  { method: 'POST', path: '/cgi-bin/msgaudit/check_room_agree', handle: checkRoom },
  { method: 'POST', path: '/cgi-bin/msgaudit/groupchat/get', handle: getRoom },
  { method: 'GET', path: '/cgi-bin/msgaudit/get_robot_info', handle: getRobot },
]

/**
 * An own app with the archive's permission, from an address that the archive allows, while the corp
 * pays for it.
 */
function open(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  const { service, allowedIps } = world.messages.archive
  requirePermission(caller, 'archive')
  // For the two other modes the archive is another product (platform.md §7).
  if (caller.app.mode !== 'own') throw new Refusal(48002, 'api forbidden')
  if (allowedIps !== null && !allowedIps.includes(call.ip))
    throw new Refusal(301042, 'ip not in whitelist')
  if (service === 'expired') throw new Refusal(301052, 'msgaudit service expired')
  if (service === 'closed') throw new Refusal(301053, 'msgaudit service not open')
  return caller
}

/** WW-91614. Without a type: every edition. */
function listPermitted(world: World, call: Upstream): Reply {
  const { ids } = open(world, call)
  const type = numberField(call, 'type', 0, { least: 0, most: 3 })
  const permits = Object.entries(world.messages.archive.permits) as [string, Edition][]
  return {
    ...ok,
    ids: permits
      .filter(([, edition]) => type === 0 || edition === type)
      .map(([id]) => ids.member(id)),
  }
}

/**
 * WW-91782, at most 100 pairs, 2,500 calls a minute. The field is really spelt `exteranalopenid`.
 */
function checkSingle(world: World, call: Upstream): Reply {
  const { ids, app } = open(world, call)
  const pairs = objectsField(call, 'info')
  if (pairs.length === 0) throw new Refusal(40058, 'missing info')
  if (pairs.length > 100) throw new Refusal(301060, 'too many agree info')
  const found = pairs.map((pair) => {
    const one = inside(call, pair)
    const member = ids.findMember(textField(one, 'userid'))
    const customer = ids.findCustomer(textField(one, 'exteranalopenid'))
    if (!member || !customer) throw new Refusal(301061, 'userid or exteropenid not exist')
    return { member, customer }
  })
  if (!countWithin(world, `check_single_agree ${app.corpId}`, [{ ms: minute, most: 2500 }]))
    throw new Refusal(45009, 'api freq out of limit')
  const agreeinfo = found.map(({ member, customer }) => {
    const { status, at } = agreement(world, member.id, customer.id)
    return {
      status_change_time: Math.floor(at / 1000),
      userid: ids.member(member.id),
      exteranalopenid: ids.customer(customer),
      agree_status: status,
    }
  })
  return { ...ok, agreeinfo }
}

/**
 * WW-91782: the customers in a group, 1,500 calls a minute. A customer who agreed to one recorded
 * member of the group has agreed here too.
 */
function checkRoom(world: World, call: Upstream): Reply {
  const { ids, app } = open(world, call)
  const { people } = roomOf(world, call)
  if (!countWithin(world, `check_room_agree ${app.corpId}`, [{ ms: minute, most: 1500 }]))
    throw new Refusal(45009, 'api freq out of limit')
  const recorded = people.filter(
    ({ kind, id }) => kind === 'member' && world.messages.archive.permits[id] !== undefined,
  )
  const agreeinfo = people.flatMap(({ kind, id }) => {
    const customer = kind === 'customer' ? world.customers.find((one) => one.id === id) : undefined
    if (!customer) return []
    const decisions = recorded.map((member) => agreement(world, member.id, customer.id))
    const decision = decisions.find(({ status }) => status !== 'Disagree') ?? decisions[0]
    return [
      {
        status_change_time: Math.floor((decision?.at ?? world.setAt) / 1000),
        exteranalopenid: ids.customer(customer),
        agree_status: decision?.status ?? 'Disagree',
      },
    ]
  })
  return { ...ok, agreeinfo }
}

/** WW-92951: groups of members only; a customer group gives 301059. */
function getRoom(world: World, call: Upstream): Reply {
  const { ids } = open(world, call)
  const { chat, people } = roomOf(world, call)
  if (people.some(({ kind }) => kind === 'customer')) throw new Refusal(301059, 'not internal chat')
  const created = Math.floor(addedAt(world, chat.createdMinutesAgo) / 1000)
  return {
    roomname: chat.name,
    creator: ids.member(chat.ownerId),
    room_create_time: created,
    notice: chat.notice,
    members: people.map(({ id }) => ({ memberid: ids.member(id), jointime: created })),
    ...ok,
  }
}

function roomOf(world: World, call: Upstream) {
  const roomid = textField(call, 'roomid', { missing: [40058, 'missing roomid'] })
  const chat = world.groupChats.find(({ chatId }) => chatId === roomid)
  if (!chat) throw new Refusal(40050, 'chatid not exist')
  return {
    chat,
    people: world.conversations.find(({ id }) => id === chat.conversationId)?.participants ?? [],
  }
}

/** WW-91774. */
function getRobot(world: World, call: Upstream): Reply {
  const { ids } = open(world, call)
  const robot = world.messages.archive.robots.find(({ id }) => id === call.query.robot_id)
  if (!robot) throw new Refusal(40058, 'invalid robot_id')
  return {
    ...ok,
    data: { robot_id: robot.id, name: robot.name, creator_userid: ids.member(robot.creatorId) },
  }
}

/** What a customer said; nobody has agreed before being asked. */
function agreement(
  world: World,
  memberId: string,
  customerId: string,
): { status: Agreement; at: number } {
  const consent = world.messages.archive.consents.find(
    (one) => one.memberId === memberId && one.customerId === customerId,
  )
  return consent ?? { status: 'Disagree', at: world.setAt }
}

export function recordConsent(
  world: World,
  memberId: string,
  customerId: string,
  status: Agreement,
) {
  const { archive } = world.messages
  archive.consents = archive.consents.filter(
    (one) => one.memberId !== memberId || one.customerId !== customerId,
  )
  archive.consents.push({ memberId, customerId, status, at: now(world) })
}

const batch = 15_000

/** WW-95039: at most every 15 seconds an app hears that recorded members have new messages. */
export function announceMessages(world: World) {
  const { archive } = world.messages
  const at = now(world)
  if (archive.announcedAt === null) archive.announcedAt = at
  const since = archive.announcedAt
  if (at - since < batch || archive.service !== 'open') return
  archive.announcedAt = at
  const isNews = world.conversations.some(
    ({ kind, participants, messages }) =>
      (messages.at(-1)?.at ?? 0) > since &&
      (kind === 'contact' || kind === 'group') &&
      participants.some(
        (party) => party.kind === 'member' && archive.permits[party.id] !== undefined,
      ),
  )
  if (!isNews) return
  for (const app of world.apps.list) {
    if (app.mode !== 'own' || !app.permissions.includes('archive')) continue
    push(world, `app:${app.key}`, {
      ToUserName: app.corpId,
      FromUserName: 'sys',
      CreateTime: seconds(world),
      MsgType: 'event',
      // The archive's own agent.
      AgentID: 2000004,
      Event: 'msgaudit_notify',
    })
  }
}
