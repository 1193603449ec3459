import type { Card, Entry } from '../api.ts'
import { isVisible } from '../wecom/access.ts'
import { addMessage, findCustomer, findMember, mainApp, type Conversation, type WebviewRecord, type World } from '../state/world.ts'
import type { BridgeCall } from './bridge.ts'
import { isOlder, isWebAddress, type Outcome } from './outcome.ts'
import { versionOf } from './webviews.ts'

const withoutContext: Outcome = { outcome: 'fail_without context of external contact', err_code: 2 }
/** WW-93863 words it so for a member outside the visible range. */
const notAllowed: Outcome = { outcome: 'fail_user not in allow list' }

function mayUse(world: World, { userId }: WebviewRecord): boolean {
  const member = findMember(world, userId)
  return member !== undefined && isVisible(mainApp(world), member)
}

export function getContext(_world: World, webview: WebviewRecord): Outcome {
  return { outcome: 'ok', entry: webview.entry ?? 'normal' }
}

/** The contact whose chat or profile the page was opened from. */
export function getContact(world: World, webview: WebviewRecord): Outcome {
  if (!mayUse(world, webview)) return notAllowed
  const customer = isFrom(webview, ['contact_profile', 'single_chat_tools', 'single_kf_tools']) ? contactOf(world, webview) : undefined
  return customer ? { outcome: 'ok', userId: customer.externalUserId } : withoutContext
}

export function getChat(world: World, webview: WebviewRecord): Outcome {
  if (!mayUse(world, webview)) return notAllowed
  const chat = isFrom(webview, ['group_chat_tools'])
    ? world.groupChats.find((one) => one.conversationId === webview.conversationId)
    : undefined
  return chat ? { outcome: 'ok', chatId: chat.chatId } : withoutContext
}

/** Only from a chat's toolbar or attachment menu; the message then stands in that chat (WW-96935). */
export function sendChatMessage(world: World, webview: WebviewRecord, { params }: BridgeCall): Outcome {
  if (!mayUse(world, webview)) return notAllowed
  const conversation = isFrom(webview, ['single_chat_tools', 'group_chat_tools', 'chat_attachment', 'single_kf_tools'])
    ? conversationOf(world, webview)
    : undefined
  if (!conversation) return withoutContext
  const card = readMessage(world, webview, params)
  if (typeof card === 'string') return { outcome: `fail_${card}` }
  if (webview.scenario.cancelSend) return { outcome: 'cancel' }
  addMessage(world, conversation, { kind: 'member', id: webview.userId }, card)
  return { outcome: 'ok' }
}

/** The card, or what is wrong with it in the client's words. */
function readMessage(world: World, webview: WebviewRecord, params: Record<string, unknown>): Card | string {
  const { msgtype } = params
  const part = typeof msgtype === 'string' ? params[msgtype] : undefined
  const fields = typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {}
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  switch (msgtype) {
    case 'text':
      return text('content') === '' ? 'invalid content' : { kind: 'text', text: text('content') }
    case 'news':
      if (!isWebAddress(fields.link)) return 'invalid link'
      if (text('title') === '') return 'invalid title'
      if (text('imgUrl') !== '' && !isWebAddress(fields.imgUrl)) return 'invalid imgUrl'
      return { kind: 'link', title: text('title'), desc: text('desc'), imgUrl: text('imgUrl'), url: fields.link }
    case 'miniprogram':
      if (isOlder(versionOf(webview), '3.1.0')) return 'unsupported msgtype'
      if (text('appid') !== world.scene.miniprogram.appid) return 'invalid appid'
      if (text('title') === '') return 'invalid title'
      if (!isWebAddress(fields.imgUrl)) return 'invalid imgUrl'
      if (!/^[^?\s]+\.html(\?|$)/.test(text('page'))) return 'invalid page'
      return {
        kind: 'miniprogram',
        appid: text('appid'),
        appName: world.scene.miniprogram.name,
        title: text('title'),
        imgUrl: fields.imgUrl,
        page: text('page').replace(/^\//, ''),
      }
    case 'image':
    case 'video':
    case 'file':
      // Temporary media are not played yet, so no media id is a real one.
      return 'invalid mediaid'
    default:
      return 'unsupported msgtype'
  }
}

function isFrom(webview: WebviewRecord, entries: Entry[]): boolean {
  return webview.entry !== null && entries.includes(webview.entry)
}

function conversationOf(world: World, webview: WebviewRecord): Conversation | undefined {
  return world.conversations.find(({ id }) => id === webview.conversationId)
}

function contactOf(world: World, webview: WebviewRecord) {
  const conversation = conversationOf(world, webview)
  const party = conversation?.kind === 'contact' ? conversation.participants.find(({ kind }) => kind === 'customer') : undefined
  return party && findCustomer(world, party.id)
}
