import { idsOf } from '../state/ids.ts'
import { act, addMessage, type WebviewRecord, type World } from '../state/world.ts'
import type { App } from '../wecom/apps/state.ts'
import { createGroup } from '../wecom/contacts/group-changes.ts'
import { mayUse, notAllowed } from './chat-functions.ts'
import { askPerson } from './choices.ts'
import { readCard } from './message-card.ts'
import {
  cancelled,
  done,
  recordOf,
  refused,
  textOf,
  textsOf,
  type Outcome,
  type BridgeCall,
} from './outcome.ts'
import { contactOption } from './pickers.ts'
import { contactConversation } from './webviews.ts'

/** WW-90529: people in a group with WeChat users. */
const mostWithCustomers = 40

/**
 * Opens a group by its id, the chat with one contact, or a new group that the member confirms.
 * Chats of members only are not played.
 */
export async function openEnterpriseChat(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Promise<Outcome> {
  if (!mayUse(world, webview, app)) return notAllowed
  const given = textOf(params.chatId)
  if (given !== '') return openGroup(world, webview, given)
  const ids = idsOf(world, app)
  const customers = textsOf(params.externalUserIds).map(ids.findCustomer)
  const members = textsOf(params.userIds ?? params.useridlist).map(ids.findMember)
  const guests = customers.filter((one) => one !== undefined)
  const colleagues = members.filter((one) => one !== undefined)
  if (guests.length < customers.length || colleagues.length < members.length)
    return refused('invalid userid')
  const others = colleagues.filter(({ id }) => id !== webview.userId)
  const [first] = guests
  if (!first) return refused('unsupported chat')
  if (guests.some(({ follows }) => !follows.some(({ memberId }) => memberId === webview.userId)))
    return refused('not external contact')
  if (guests.length === 1 && others.length === 0) {
    act(world, webview.id, {
      kind: 'openConversation',
      conversationId: contactConversation(world, webview.userId, first.id).id,
    })
    return { ...done, chatId: '' }
  }
  if (guests.length + others.length + 1 > mostWithCustomers) return refused('too many members')
  const name = textOf(params.groupName ?? params.chatname) || '群聊'
  const options = guests.map((one) => contactOption(world, one, webview.userId, true))
  const answer = await askPerson(world, webview, {
    kind: 'chat',
    title: `创建群聊“${name}”`,
    options,
    least: 1,
    most: options.length,
  })
  if (answer === null) return cancelled
  const chat = createGroup(world, {
    ownerId: webview.userId,
    name,
    memberIds: others.map(({ id }) => id),
    customerIds: answer,
  })
  act(world, webview.id, { kind: 'openConversation', conversationId: chat.conversationId })
  return { ...done, chatId: chat.chatId }
}

/** Opens a group of the member's and may send one link there. */
export function openExistedChat(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Outcome {
  if (!mayUse(world, webview, app)) return notAllowed
  const { msgtype, link } = recordOf(params.msg)
  if (params.msg !== undefined && msgtype !== 'link') return refused('unsupported_msgtype')
  if (msgtype === 'link' && textOf(recordOf(link).url) === '')
    return refused('msg_link_missing_url')
  const card =
    msgtype === 'link'
      ? readCard(world, app, 'link', { title: textOf(recordOf(link).url), ...recordOf(link) })
      : null
  if (typeof card === 'string') return refused(card)
  const outcome = openGroup(world, webview, textOf(params.chatId))
  const conversation = world.conversations.find(
    ({ id }) => id === groupOf(world, webview, textOf(params.chatId))?.conversationId,
  )
  if (card && conversation)
    addMessage(world, conversation, { kind: 'member', id: webview.userId }, card)
  return outcome
}

function openGroup(world: World, webview: WebviewRecord, chatId: string): Outcome {
  const chat = groupOf(world, webview, chatId)
  if (!chat) return refused('invalid chatId')
  act(world, webview.id, { kind: 'openConversation', conversationId: chat.conversationId })
  return { ...done, chatId }
}

function groupOf(world: World, { userId }: WebviewRecord, chatId: string) {
  const chat = world.groupChats.find((one) => one.chatId === chatId)
  const conversation = world.conversations.find(({ id }) => id === chat?.conversationId)
  return conversation?.participants.some(({ kind, id }) => kind === 'member' && id === userId)
    ? chat
    : undefined
}
