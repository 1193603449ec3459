import {
  flagField,
  inside,
  invalidParameter,
  objectField,
  objectsField,
  textField,
  textsField,
} from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { findContactChat } from '../../state/chats.ts'
import { changed, makeSecret, now, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { readContent } from './attachments.ts'
import { fullTargets } from './mass-limit.ts'
import { contactsOf, seesMember, servingMember, type Contact } from './people.ts'
import type { Mass, MassTask } from './state.ts'

export const massMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/add_msg_template', handle: addMass },
]

/** WW-96366 */
const mostCustomers = 10_000
const mostChats = 2_000

/**
 * Sends nothing: the members are asked. A customer with whom several members speak is put to the
 * one who spoke last.
 */
function addMass(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:contact:group_msg')
  const chatType = textField(call, 'chat_type') || 'single'
  if (chatType !== 'single' && chatType !== 'group') throw new Refusal(86214, 'invalid chat type')
  const content = readContent(world, caller, call)
  const sender = textField(call, 'sender')
  const memberId = sender === '' ? null : servingMember(world, caller, sender).id
  const { tasks, failed } =
    chatType === 'single'
      ? tasksForCustomers(world, caller, call, memberId)
      : tasksForGroups(world, call, memberId)
  if (tasks.length === 0)
    throw new Refusal(41048, 'no customer to send', failed.length > 0 ? { fail_list: failed } : {})
  const mass: Mass = {
    id: `msg${makeSecret(29).replace(/[-_]/g, 'A')}`,
    chatType,
    app: caller.app.key,
    createdAt: now(world),
    ...content,
    allowSelect: flagField(call, 'allow_select'),
    tasks,
    cancelled: false,
    reminders: [],
  }
  world.contacts.masses.push(mass)
  changed(world)
  return { ...ok, fail_list: failed, msgid: mass.id }
}

interface Plan {
  tasks: MassTask[]
  /** `fail_list`: unknown, out of reach, or with their share of mass messages already. */
  failed: string[]
}

function tasksForCustomers(
  world: World,
  caller: Caller,
  call: Upstream,
  memberId: string | null,
): Plan {
  const named = textsField(call, 'external_userid', { most: mostCustomers })
  const filter = readTagFilter(world, call)
  if (named.length === 0 && filter.length === 0 && memberId === null)
    throw new Refusal(40063, 'some parameters are empty')
  const members =
    memberId === null
      ? world.members.filter(({ id }) => seesMember(world, caller, id)).map(({ id }) => id)
      : [memberId]
  const failed: string[] = []
  const chosen = new Map<string, Contact>()
  const full = fullTargets(world)
  const reachable = (contacts: Contact[]) =>
    contacts.filter(({ customer }) => !full.has(customer.id))
  const choose = (contacts: Contact[]) => {
    const [best] = lastSpoken(world, reachable(contacts))
    if (best) chosen.set(best.customer.id, best)
    return best !== undefined
  }
  if (named.length > 0) {
    for (const externalUserid of named) {
      const contacts = contactsWith(caller, externalUserid).filter(({ follow }) =>
        members.includes(follow.memberId),
      )
      if (!choose(contacts)) failed.push(externalUserid)
    }
  } else {
    const isMeant = ({ follow }: Contact) =>
      filter.every((tags) => tags.some((id) => follow.tagIds.includes(id)))
    const meant = members.flatMap((id) => contactsOf(world, id)).filter(isMeant)
    const byCustomer = grouped(meant, ({ customer }) => customer.id)
    for (const contacts of byCustomer.values()) choose(contacts)
  }
  return {
    tasks: tasksOf(
      [...chosen.values()].map(({ customer, follow }) => ({
        memberId: follow.memberId,
        id: customer.id,
      })),
    ),
    failed,
  }
}

function contactsWith({ ids }: Caller, externalUserid: string): Contact[] {
  const customer = ids.findCustomer(externalUserid)
  return customer ? customer.follows.map((follow) => ({ customer, follow })) : []
}

/** Groups of tags: one of each (WW-96366). */
function readTagFilter(world: World, call: Upstream): string[][] {
  const filter = objectField(call, 'tag_filter')
  const groups = objectsField(inside(call, filter), 'group_list').map((group) =>
    textsField(inside(call, group), 'tag_list', { most: 100 }),
  )
  const known = new Set(world.tagGroups.flatMap(({ tags }) => tags).map(({ id }) => id))
  if (groups.flat().some((id) => !known.has(id))) throw new Refusal(40068, 'invalid tagid')
  return groups.filter((tags) => tags.length > 0)
}

function lastSpoken(world: World, contacts: Contact[]): Contact[] {
  if (contacts.length < 2) return contacts
  const lastAt = ({ customer, follow }: Contact) =>
    findContactChat(world, follow.memberId, customer.id)?.messages.at(-1)?.at ?? 0
  return contacts.toSorted((a, b) => lastAt(b) - lastAt(a))
}

/** To groups: a sender is named, and all of their chats are meant when none is. */
function tasksForGroups(world: World, call: Upstream, memberId: string | null): Plan {
  if (memberId === null) throw new Refusal(41009, 'missing userid')
  const named = textsField(call, 'chat_id_list', { most: mostChats })
  if (call.body?.tag_filter !== undefined) throw new Refusal(...invalidParameter)
  const own = world.groupChats
    .filter(({ ownerId, dismissed }) => ownerId === memberId && !dismissed)
    .map(({ chatId }) => chatId)
  const full = fullTargets(world)
  const meant = (named.length > 0 ? named : own).filter((id) => own.includes(id) && !full.has(id))
  const failed = named.filter((id) => !meant.includes(id))
  return { tasks: tasksOf(meant.map((id) => ({ memberId, id }))), failed }
}

function tasksOf(targets: { memberId: string; id: string }[]): MassTask[] {
  const byMember = grouped(targets, ({ memberId }) => memberId)
  return [...byMember].map(([memberId, own]) => ({
    memberId,
    sentAt: null,
    targets: own.map(({ id }) => ({ id, status: 0 })),
  }))
}

function grouped<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
