import type { Card, Choice } from '../api.ts'
import { countWithin } from '../platform/limits.ts'
import { idsOf } from '../state/ids.ts'
import {
  addMessage,
  findMember,
  type Conversation,
  type WebviewRecord,
  type World,
} from '../state/world.ts'
import type { App } from '../wecom/apps/state.ts'
import { mayUse, notAllowed } from './chat-functions.ts'
import { askPerson } from './choices.ts'
import { readCard } from './message-card.ts'
import {
  cancelled,
  done,
  isOlder,
  recordOf,
  refused,
  systemOf,
  textOf,
  textsOf,
  type Outcome,
  type BridgeCall,
} from './outcome.ts'
import { contactOption, contactsOf } from './pickers.ts'
import { contactConversation, versionOf } from './webviews.ts'

const day = 86_400_000
const mostText = { chat: 4000, moments: 2000 }
const mostAttachments = 9

/**
 * WW-93555: opens the mass-send assistant, where the member chooses contacts; each gets one such
 * message of a member a day.
 */
export async function shareToContacts(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Promise<Outcome> {
  if (!mayUse(world, webview, app)) return notAllowed
  const cards = cardsOf(world, app, params, mostText.chat)
  if (typeof cards === 'string') return refused(cards)
  const ids = idsOf(world, app)
  const given = namesReceivers(webview) ? textsOf(params.externalUserIds) : []
  const options = contactsOf(world, webview.userId).map((one) =>
    contactOption(world, one, webview.userId, given.includes(ids.customer(one))),
  )
  const answer = await ask(world, webview, '群发给客户', options, cards, 20_000)
  return deliver(world, webview, cards, answer, (id) =>
    contactConversation(world, webview.userId, id),
  )
}

/** WW-93556: the same for groups of the member's own. */
export async function shareToChats(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Promise<Outcome> {
  if (!mayUse(world, webview, app)) return notAllowed
  const cards = cardsOf(world, app, params, mostText.chat)
  if (typeof cards === 'string') return refused(cards)
  const given = namesReceivers(webview) ? textsOf(params.chatIds) : []
  const own = world.groupChats.filter(({ ownerId }) => ownerId === webview.userId)
  const options = own.map(({ chatId, name }) => ({
    id: chatId,
    name,
    note: '',
    imageUrl: null,
    chosen: given.includes(chatId),
  }))
  const answer = await ask(world, webview, '群发到客户群', options, cards, 2000)
  return deliver(world, webview, cards, answer, (id) => {
    const chat = own.find(({ chatId }) => chatId === id)
    return world.conversations.find((one) => one.id === chat?.conversationId)
  })
}

/** Nine pictures, or one video, or one link. What is published stands in no chat. */
export async function shareToMoments(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Promise<Outcome> {
  if (!mayUse(world, webview, app)) return notAllowed
  const cards = cardsOf(world, app, params, mostText.moments)
  if (typeof cards === 'string') return refused(cards)
  const kinds = new Set(cards.map(({ kind }) => kind).filter((kind) => kind !== 'text'))
  const isMixed =
    kinds.size > 1 ||
    (!kinds.has('image') && cards.filter(({ kind }) => kind !== 'text').length > 1)
  if (isMixed || kinds.has('miniprogram') || kinds.has('file'))
    return refused('invalid attachments')
  const answer = await askPerson(world, webview, {
    kind: 'massSend',
    title: '发表到客户朋友圈',
    cards,
  })
  return answer === null ? cancelled : done
}

/** Receivers by id since 4.1.10, and never on a Mac. */
function namesReceivers(webview: WebviewRecord): boolean {
  return systemOf(webview) !== 'macos' && !isOlder(versionOf(webview), '4.1.10')
}

/** Text and attachments, or the older form of one link. A text says what is wrong. */
function cardsOf(
  world: World,
  app: App,
  params: Record<string, unknown>,
  most: number,
): Card[] | string {
  const attachments = Array.isArray(params.attachments) ? params.attachments.map(recordOf) : []
  const content = textOf(recordOf(params.text).content)
  if (attachments.length === 0 && content === '') {
    const link = readCard(world, app, 'news', params)
    return typeof link === 'string' ? link : [link]
  }
  if ([...content].length > most) return 'invalid text'
  if (attachments.length > mostAttachments) return 'invalid attachments'
  const cards: Card[] = content === '' ? [] : [{ kind: 'text', text: content }]
  for (const one of attachments) {
    const card =
      one.msgtype === 'text' || one.msgtype === 'news'
        ? 'unsupported msgtype'
        : readCard(world, app, one.msgtype, one[textOf(one.msgtype)])
    if (typeof card === 'string') return card
    cards.push(card)
  }
  return cards
}

function ask(
  world: World,
  webview: WebviewRecord,
  title: string,
  options: Choice['options'],
  cards: Card[],
  most: number,
) {
  return askPerson(world, webview, { kind: 'massSend', title, options, least: 1, most, cards })
}

function deliver(
  world: World,
  webview: WebviewRecord,
  cards: Card[],
  answer: string[] | null,
  conversationOf: (id: string) => Conversation | undefined,
): Outcome {
  if (answer === null) return cancelled
  if (!findMember(world, webview.userId)) return cancelled
  for (const id of answer) {
    const conversation = conversationOf(id)
    // 同一个成员每日向一个客户最多可群发一条消息: the others go without.
    if (
      !conversation ||
      !countWithin(world, `mass ${webview.userId} ${id}`, [{ ms: day, most: 1, isDropped: true }])
    )
      continue
    for (const card of cards)
      addMessage(world, conversation, { kind: 'member', id: webview.userId }, card)
  }
  return done
}
