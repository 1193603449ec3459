import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import {
  addMessage,
  changed,
  findCustomer,
  now,
  type Conversation,
  type World,
} from '../../state/world.ts'
import { contactConversation } from '../../webview/webviews.ts'
import { cardsOf } from './attachments.ts'
import { fullTargets } from './mass-limit.ts'
import type { Mass, MassTarget, MassTask } from './state.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const Confirmation = v.strictObject({ msgid: id, memberId: id, only: v.optional(v.array(id)) })

export const massHappenings: Happening[] = [
  happening(
    'mass.confirm',
    'A member sends a mass message; `only`: to these customers or chats, where the app allows it.',
    Confirmation,
    confirm,
  ),
]

function confirm(world: World, { msgid, memberId, only }: v.InferOutput<typeof Confirmation>) {
  const mass = world.contacts.masses.find((one) => one.id === msgid)
  const task = mass?.tasks.find((one) => one.memberId === memberId)
  if (!mass || !task) throw new Nonsense(`${memberId} has no mass message "${msgid}"`)
  if (mass.cancelled) throw new Nonsense('the mass message is cancelled')
  if (task.sentAt !== null) throw new Nonsense(`${memberId} has sent it already`)
  if (only && !mass.allowSelect) throw new Nonsense('the app does not let the member choose')
  const unknown = only?.find((one) => !task.targets.some((target) => target.id === one))
  if (unknown !== undefined) throw new Nonsense(`"${unknown}" is not among the receivers`)
  return send(world, mass, task, only)
}

function send(world: World, mass: Mass, task: MassTask, only: string[] | undefined) {
  const full = fullTargets(world)
  for (const target of task.targets) {
    if (only && !only.includes(target.id)) continue
    target.status = full.has(target.id) ? 3 : deliver(world, mass, task, target)
  }
  task.sentAt = now(world)
  changed(world)
  return { sent: task.targets.filter(({ status }) => status === 1).length }
}

/** 2: the two are no friends any more; 3: the month's share is used up (WW-93338). */
function deliver(
  world: World,
  mass: Mass,
  { memberId }: MassTask,
  { id: wanted }: MassTarget,
): 1 | 2 {
  const conversation =
    mass.chatType === 'single'
      ? friendly(world, memberId, wanted)
      : groupConversation(world, wanted)
  if (!conversation) return 2
  for (const card of cardsOf(world, mass))
    addMessage(world, conversation, { kind: 'member', id: memberId }, card)
  return 1
}

function friendly(world: World, memberId: string, customerId: string): Conversation | undefined {
  const follow = findCustomer(world, customerId)?.follows.find((one) => one.memberId === memberId)
  return !follow || follow.lost ? undefined : contactConversation(world, memberId, customerId)
}

function groupConversation(world: World, chatId: string): Conversation | undefined {
  const chat = world.groupChats.find((one) => one.chatId === chatId && !one.dismissed)
  return chat && world.conversations.find((one) => one.id === chat.conversationId)
}
