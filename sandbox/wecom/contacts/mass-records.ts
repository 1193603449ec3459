import { invalidParameter, numberField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, now, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { asRecorded } from './attachments.ts'
import { takePage } from './page.ts'
import type { Mass } from './state.ts'

export const massRecordMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/get_groupmsg_list_v2', handle: listMasses },
  { method: 'POST', path: '/cgi-bin/externalcontact/get_groupmsg_task', handle: listTasks },
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/get_groupmsg_send_result',
    handle: listResults,
  },
  { method: 'POST', path: '/cgi-bin/externalcontact/remind_groupmsg_send', handle: remind },
  { method: 'POST', path: '/cgi-bin/externalcontact/cancel_groupmsg_send', handle: cancel },
]

const day = 86_400
const mostReminders = 3
/**
 * A mass to so many takes the platform a moment to hand out (41063); which and how long is not
 * published.
 */
const largeMass = 1000
const dispatchMs = 3000

function authorizeMass(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:contact:group_msg')
  return caller
}

/** WW-93338. Those made through the API are the corp's (create_type 0) and have no creator. */
function listMasses(world: World, call: Upstream): Reply {
  authorizeMass(world, call)
  const chatType = textField(call, 'chat_type', { missing: [86214, 'invalid chat type'] })
  if (chatType !== 'single' && chatType !== 'group') throw new Refusal(86214, 'invalid chat type')
  const start = numberField(call, 'start_time', 0, { missing: invalidParameter })
  const end = numberField(call, 'end_time', 0, { missing: invalidParameter })
  const filter = numberField(call, 'filter_type', 2, { least: 0, most: 2 })
  const limit = limitOf(call, 50, 100)
  if (start > end || end - start > 31 * day) throw new Refusal(...invalidParameter)
  const creator = textField(call, 'creator')
  const isMeant = (mass: Mass) =>
    mass.chatType === chatType &&
    mass.createdAt >= start * 1000 &&
    mass.createdAt < (end + 1) * 1000 &&
    filter !== 1 &&
    creator === ''
  const { page, next } = takePage(
    world.contacts.masses.filter(isMeant),
    textField(call, 'cursor'),
    limit,
  )
  return {
    ...ok,
    next_cursor: next,
    group_msg_list: page.map(({ id, createdAt, text, attachments }) => ({
      msgid: id,
      create_time: Math.floor(createdAt / 1000),
      create_type: 0,
      ...(text !== '' && { text: { content: text } }),
      attachments: attachments.map(asRecorded),
    })),
  }
}

function listTasks(world: World, call: Upstream): Reply {
  const { caller, mass } = requireMass(world, call)
  const limit = limitOf(call, 500, 1000)
  const { page, next } = takePage(mass.tasks, textField(call, 'cursor'), limit)
  return {
    ...ok,
    next_cursor: next,
    task_list: page.map(({ memberId, sentAt }) => ({
      userid: caller.ids.member(memberId),
      status: sentAt === null ? 0 : 2,
      ...(sentAt !== null && { send_time: Math.floor(sentAt / 1000) }),
    })),
  }
}

function listResults(world: World, call: Upstream): Reply {
  const { caller, mass } = requireMass(world, call)
  const userid = textField(call, 'userid', { missing: [41009, 'missing userid'] })
  const limit = limitOf(call, 500, 1000)
  const member = caller.ids.findMember(userid)
  const task = mass.tasks.find(({ memberId }) => memberId === member?.id)
  if (!member || !task) throw new Refusal(60111, 'userid not found')
  const customers = new Map(world.customers.map((customer) => [customer.id, customer]))
  // An owner has not picked the groups yet, so there are no rows of unsent ones.
  const targets =
    mass.chatType === 'group' ? task.targets.filter(({ status }) => status !== 0) : task.targets
  const { page, next } = takePage(targets, textField(call, 'cursor'), limit)
  return {
    ...ok,
    next_cursor: next,
    send_list: page.map(({ id, status }) => {
      const customer = customers.get(id)
      return {
        ...(customer ? { external_userid: caller.ids.customer(customer) } : { chat_id: id }),
        userid,
        status,
        ...(task.sentAt !== null && { send_time: Math.floor(task.sentAt / 1000) }),
      }
    }),
  }
}

/** WW-97610: three times in 24 hours. */
function remind(world: World, call: Upstream): Reply {
  const { mass } = requireMass(world, call)
  if (mass.cancelled) throw new Refusal(41093, 'group msg is cancelled')
  const recent = mass.reminders.filter((at) => at > now(world) - day * 1000)
  if (recent.length >= mostReminders) throw new Refusal(41094, 'remind freq out of limit')
  mass.reminders = [...recent, now(world)]
  changed(world)
  return { ...ok }
}

/** WW-97611: who has not confirmed yet cannot any more; what was sent stays. */
function cancel(world: World, call: Upstream): Reply {
  const { mass } = requireMass(world, call)
  if (mass.cancelled) throw new Refusal(41093, 'group msg is cancelled')
  mass.cancelled = true
  changed(world)
  return { ...ok }
}

/** 超过最大值时取默认值 (WW-93338). */
function limitOf(call: Upstream, usual: number, most: number): number {
  const limit = numberField(call, 'limit', usual, { least: 1 })
  return limit > most ? usual : limit
}

function requireMass(world: World, call: Upstream): { caller: Caller; mass: Mass } {
  const caller = authorizeMass(world, call)
  const msgid = textField(call, 'msgid', { missing: [41046, 'missing group msg id'] })
  const mass = world.contacts.masses.find(({ id }) => id === msgid)
  if (!mass) throw new Refusal(41047, 'invalid group msg id')
  const size = mass.tasks.reduce((sum, { targets }) => sum + targets.length, 0)
  if (size > largeMass && now(world) < mass.createdAt + dispatchMs)
    throw new Refusal(41063, 'group msg is being dispatched')
  return { caller, mass }
}
