import type { Card, Entry } from '../api.ts'
import { idsOf } from '../state/ids.ts'
import {
  findCustomer,
  findMember,
  type Conversation,
  type WebviewRecord,
  type World,
} from '../state/world.ts'
import { isVisible } from '../wecom/access.ts'
import type { App } from '../wecom/apps/state.ts'
import { memberSays } from '../wecom/contacts/speak.ts'
import { readCard } from './message-card.ts'
import {
  cancelled,
  done,
  isOlder,
  recordOf,
  refused,
  textOf,
  withoutContext,
  type Outcome,
  type BridgeCall,
} from './outcome.ts'
import { versionOf } from './webviews.ts'

/** WW-93863 words it so for a member outside the visible range. */
export const notAllowed: Outcome = refused('user not in allow list')

export function mayUse(world: World, { userId }: WebviewRecord, app: App): boolean {
  const member = findMember(world, userId)
  return member !== undefined && isVisible(app, member)
}

export function getContext(_world: World, webview: WebviewRecord): Outcome {
  return { ...done, entry: webview.entry ?? 'normal' }
}

/**
 * The contact whose chat or profile the page was opened from, by the id that the page's app knows.
 */
export function getContact(
  world: World,
  webview: WebviewRecord,
  _call: BridgeCall,
  app: App,
): Outcome {
  if (!mayUse(world, webview, app)) return notAllowed
  const customer = isFrom(webview, ['contact_profile', ...contactTools(webview)])
    ? contactOf(world, webview)
    : undefined
  return customer
    ? { ...done, userId: idsOf(world, app).customer(customer) }
    : withoutContext(webview)
}

/** Each entry came with a version of its own (platform.md §9.4). */
function contactTools(webview: WebviewRecord): Entry[] {
  const since: [Entry, string][] = [
    ['single_chat_tools', '2.8.10'],
    ['single_kf_tools', '3.1.10'],
  ]
  return since
    .filter(([, version]) => !isOlder(versionOf(webview), version))
    .map(([entry]) => entry)
}

export function getChat(
  world: World,
  webview: WebviewRecord,
  _call: BridgeCall,
  app: App,
): Outcome {
  if (!mayUse(world, webview, app)) return notAllowed
  const chat = isFrom(webview, ['group_chat_tools'])
    ? world.groupChats.find((one) => one.conversationId === webview.conversationId)
    : undefined
  return chat ? { ...done, chatId: chat.chatId } : withoutContext(webview)
}

/**
 * Only from a chat's toolbar or attachment menu; the message then stands in that chat (WW-96935).
 */
export function sendChatMessage(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Outcome {
  if (!mayUse(world, webview, app)) return notAllowed
  const conversation = isFrom(webview, [
    'single_chat_tools',
    'group_chat_tools',
    'chat_attachment',
    'single_kf_tools',
  ])
    ? conversationOf(world, webview)
    : undefined
  if (!conversation) return withoutContext(webview)
  const card = readMessage(world, webview, app, params)
  if (typeof card === 'string') return refused(card)
  if (webview.scenario.cancelSend) return cancelled
  memberSays(world, conversation, webview.userId, card)
  return done
}

/** The card, or what is wrong with it in the client's words. */
function readMessage(
  world: World,
  webview: WebviewRecord,
  app: App,
  params: Record<string, unknown>,
): Card | string {
  const { msgtype } = params
  const part = typeof msgtype === 'string' ? params[msgtype] : undefined
  if (msgtype === 'msgmenu' && webview.entry === 'single_kf_tools') return menuCard(recordOf(part))
  const isTooNew = msgtype === 'miniprogram' && isOlder(versionOf(webview), '3.1.0')
  // `link` is what the mass-send assistant calls it.
  if (isTooNew || msgtype === 'link') return 'unsupported msgtype'
  return readCard(world, app, msgtype, part)
}

/** A menu of 微信客服: only there. */
function menuCard(fields: Record<string, unknown>): Card | string {
  const list = Array.isArray(fields.list) ? fields.list.map(recordOf) : []
  const items = list.flatMap(({ type, click }) => {
    const { id, content } = recordOf(click)
    return type === 'click' && textOf(content) !== ''
      ? [{ id: textOf(id), text: textOf(content) }]
      : []
  })
  if (items.length === 0 || items.length > 10) return 'invalid msgmenu'
  return {
    kind: 'choices',
    head: textOf(fields.head_content),
    items,
    tail: textOf(fields.tail_content),
  }
}

/** Whether the page was opened from one of these. */
export function isFrom(webview: WebviewRecord, entries: Entry[]): boolean {
  return webview.entry !== null && entries.includes(webview.entry)
}

function conversationOf(world: World, webview: WebviewRecord): Conversation | undefined {
  return world.conversations.find(({ id }) => id === webview.conversationId)
}

function contactOf(world: World, webview: WebviewRecord) {
  const conversation = conversationOf(world, webview)
  const party =
    conversation?.kind === 'contact'
      ? conversation.participants.find(({ kind }) => kind === 'customer')
      : undefined
  return party && findCustomer(world, party.id)
}
