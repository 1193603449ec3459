import { randomBytes } from 'node:crypto'
import type { Entry, OpenWebview, Party } from '../api.ts'
import {
  changed,
  makeId,
  type Conversation,
  type WebviewRecord,
  type World,
} from '../state/world.ts'
import { findContactChat } from '../state/chats.ts'
import { Nonsense } from '../doors/nonsense.ts'
import { systemOf } from './outcome.ts'

const mostWebviews = 64
const currentVersions = { wecom: '4.1.36', wechat: '8.0.56' }

/**
 * Registers a webview before its frame exists. Throws `Nonsense` when the world has no such user,
 * chat or mini program.
 */
export function openWebview(world: World, wish: OpenWebview): WebviewRecord {
  const { device, userId } = wish
  const users = device === 'wecom' ? world.members : world.customers
  if (!users.some(({ id }) => id === userId))
    throw new Nonsense(`${device} has no user "${userId}"`)
  if ((wish.url === undefined) === (wish.miniprogram === undefined))
    throw new Nonsense('give exactly one of url and miniprogram')
  const conversation = device === 'wecom' ? findConversation(world, wish) : undefined
  const url = wish.miniprogram
    ? miniprogramUrl(world, wish.miniprogram)
    : pageUrl(world, wish.url ?? '')
  const scenario = wish.scenario ?? {}
  const webview: WebviewRecord = {
    id: makeName(wish),
    device,
    userId,
    entry: device === 'wecom' ? (wish.entry ?? usualEntry(conversation)) : null,
    conversationId: conversation?.id ?? null,
    miniprogram: wish.miniprogram
      ? { appid: wish.miniprogram.appid, name: world.scene.miniprogram.name }
      : null,
    url,
    title: '',
    scenario,
    pendingForward: null,
    pendingChoice: null,
    configs: new Map(),
    shareData: null,
  }
  world.webviews.set(webview.id, webview)
  // A desk that is reloaded says goodbye to nobody.
  const [oldest] = world.webviews.keys()
  if (oldest !== undefined && world.webviews.size > mostWebviews) closeWebview(world, oldest)
  if (device === 'wecom') world.devices.memberId = userId
  else world.devices.customerId = userId
  changed(world)
  return webview
}

export function closeWebview(world: World, id: string): boolean {
  const webview = world.webviews.get(id)
  if (!webview) return false
  webview.pendingForward?.settle(false)
  webview.pendingChoice?.settle(null)
  if (world.devices.pendingLocation?.webviewId === id) world.devices.pendingLocation.settle(null)
  world.webviews.delete(id)
  changed(world)
  return true
}

/**
 * The frame's name. The client must know what to be before it can ask anybody, so the name itself
 * says it: device, version, user and whether the bridge comes late, in base64url, then a random
 * part.
 */
function makeName({
  device,
  userId: user,
  scenario = {},
  language = 'zh',
  theme = 'light',
}: OpenWebview): string {
  const version = scenario.clientVersion ?? currentVersions[device]
  const facts = JSON.stringify({
    device,
    system: systemOf({ device, scenario }),
    version,
    user,
    late: scenario.lateBridge === true,
    language,
    theme,
  })
  return `wv.${Buffer.from(facts).toString('base64url')}.${randomBytes(6).toString('hex')}`
}

/**
 * The client that a frame's name belongs to, even after a reset has forgotten the frame. Null: the
 * sandbox never gave such a name.
 */
export function deviceOf(name: string): WebviewRecord['device'] | null {
  const facts = /^wv\.([\w-]+)\.\w+$/.exec(name)?.[1]
  if (!facts) return null
  return Buffer.from(facts, 'base64url').toString().includes('"device":"wechat"')
    ? 'wechat'
    : 'wecom'
}

export function versionOf(webview: WebviewRecord): string {
  return webview.scenario.clientVersion ?? currentVersions[webview.device]
}

function usualEntry(conversation: Conversation | undefined): Entry {
  if (!conversation) return 'normal'
  return conversation.kind === 'group' ? 'group_chat_tools' : 'single_chat_tools'
}

function findConversation(
  world: World,
  { userId, conversationId, externalUserId, chatId }: OpenWebview,
): Conversation | undefined {
  if (conversationId !== undefined) {
    const found = world.conversations.find(({ id }) => id === conversationId)
    if (!found) throw new Nonsense(`there is no conversation "${conversationId}"`)
    return found
  }
  if (chatId !== undefined) {
    const chat = world.groupChats.find((one) => one.chatId === chatId)
    if (!chat) throw new Nonsense(`there is no group chat "${chatId}"`)
    return world.conversations.find(({ id }) => id === chat.conversationId)
  }
  if (externalUserId === undefined) return undefined
  const customer = world.customers.find((one) => one.externalUserId === externalUserId)
  if (!customer) throw new Nonsense(`there is no contact "${externalUserId}"`)
  return contactConversation(world, userId, customer.id)
}

/** The chat of a member and a customer; an empty one is made when they never spoke. */
export function contactConversation(
  world: World,
  memberId: string,
  customerId: string,
): Conversation {
  const participants: Party[] = [
    { kind: 'member', id: memberId },
    { kind: 'customer', id: customerId },
  ]
  const found = findContactChat(world, memberId, customerId)
  if (found) return found
  const fresh: Conversation = { id: makeId('chat'), kind: 'contact', participants, messages: [] }
  world.conversations.push(fresh)
  return fresh
}

function pageUrl(world: World, url: string): string {
  try {
    const { href, protocol } = new URL(url, world.addresses.webview)
    if (protocol === 'http:' || protocol === 'https:') return href
  } catch {
    // said below
  }
  throw new Nonsense(`"${url}" is not an address of a page`)
}

/**
 * `pages/x/y.html?q` of a card is `pages/x/y?q` of the app (WeCom demands the ending, WeChat drops
 * it: WW-96935).
 */
export function miniprogramUrl(
  world: World,
  { appid, page, build }: NonNullable<OpenWebview['miniprogram']>,
): string {
  if (appid !== world.scene.miniprogram.appid)
    throw new Nonsense(`there is no mini program "${appid}"`)
  const [path = '', ...query] = page.replace(/^\//, '').split('?')
  if (!/^[\w-]+(\/[\w-]+)*(\.html)?$/.test(path))
    throw new Nonsense(`"${page}" is not a page of a mini program`)
  const search = query.length > 0 ? `?${query.join('?')}` : ''
  const start = build === 'h5' ? `${world.addresses.webview}/h5/#/` : miniprogramStart(world)
  return `${start}${path.replace(/\.html$/, '')}${search}`
}

/**
 * Where the pages of the mini program itself are, compiled as it is uploaded; its H5 build lies at
 * `/h5/#/`.
 */
export function miniprogramStart({ addresses }: World): string {
  return `${addresses.webview}/_webview/mini/#/`
}

/**
 * The other way round: what a card carries for an address of the mini program, or null for any
 * other page.
 */
export function miniprogramPage(world: World, url: string): string | null {
  const start = [miniprogramStart(world), `${world.addresses.webview}/h5/#/`].find((one) =>
    url.startsWith(one),
  )
  if (start === undefined) return null
  const [path = '', ...query] = url.slice(start.length).split('?')
  const page = path === '' ? world.scene.miniprogram.home : `${path}.html`
  return query.length > 0 ? `${page}?${query.join('?')}` : page
}
