import { randomBytes } from 'node:crypto'
import type {
  Card,
  Call,
  Choice,
  ClientAction,
  ConversationKind,
  DeskEvent,
  Entry,
  Fault,
  Invoke,
  LocationPermission,
  Network,
  Party,
  Position,
  Scenario,
} from '../api.ts'
import type { Scene, SceneCustomer, SceneMember } from '../scenes/scene.ts'
import type { Memory } from './memory.ts'
import { findBy } from './people.ts'

/**
 * What is made anew from each scene. An area adds its own entry in its `state.ts`, by declaration
 * merging, so that this folder knows no area; `platform/create-world.ts` makes all of them.
 */
export interface Slices {
  devices: Devices
}

export interface Devices {
  memberId: string | null
  customerId: string | null
  locationPermission: LocationPermission
  position: Position
  network: Network
  pendingLocation: PendingLocation | null
}

/**
 * Everything the two platforms know. Plain data that the routes read and change; nothing here
 * survives the process.
 */
export interface World extends Slices {
  /** Where this sandbox and its webview can be reached by a browser. */
  addresses: { sandbox: string; webview: string; upstream: string[] }
  offsetMs: number
  revision: number
  /** As it was set; what changes afterwards lies beside it. */
  scene: Scene
  departments: Scene['departments']
  members: SceneMember[]
  customers: SceneCustomer[]
  tagGroups: Scene['tagGroups']
  groupChats: Scene['groupChats']
  /** Milliseconds at which the scene was set; its minutes-ago count from here. */
  setAt: number
  conversations: Conversation[]
  webviews: Map<string, WebviewRecord>
  trustedHosts: string[]
  /** The member whose sign-in the webview's cookies hold. */
  cookieOwner: string | null
  /** The app whose credentials the product's server uses. A reset does not change that. */
  servedApp: string | null
  grants: Grant[]
  /** Given out by an earlier process: see `recallGrants`. */
  recalled: Grant[]
  /** How many grants of a kind were given out in a slot of time. */
  turns: Map<string, number>
  codes: Map<string, Code>
  /** Milliseconds of each counted call, by counter name: quotas of one hour or one day. */
  counters: Map<string, number[]>
  faults: Fault[]
  /** Lets go of a call that a fault keeps hanging. */
  hanging: Set<() => void>
  calls: Call[]
  invokes: Invoke[]
  listeners: Set<(event: WorldEvent) => void>
  memory: Memory
}

/**
 * What changed among the many: people and chats are told one by one, everything else is small and
 * told whole. `'all'`: another scene.
 */
export interface Touched {
  customers?: string[]
  conversations?: string[]
  all?: true
}

/** Something changed, or a page wants its client to show something. */
export type WorldEvent =
  { type: 'changed'; touched: Touched } | Extract<DeskEvent, { type: 'action' }>

export interface Conversation {
  id: string
  kind: ConversationKind
  participants: Party[]
  messages: MessageRecord[]
}
export type MessageRecord = Card & { id: string; from: Party; at: number }

export interface WebviewRecord {
  id: string
  device: 'wecom' | 'wechat'
  userId: string
  entry: Entry | null
  conversationId: string | null
  miniprogram: { appid: string; name: string } | null
  url: string
  title: string
  scenario: Scenario
  pendingForward: { card: Card; settle: (sent: boolean) => void } | null
  /** `settle(null)`: cancelled. */
  pendingChoice: { choice: Choice; settle: (answer: string[] | null) => void } | null
  /** What the current document has proved: by page load and address. */
  configs: Map<string, ProvedConfigs>
  /** What `updateAppMessageShareData` left for the menu. */
  shareData: Record<string, unknown> | null
}

/**
 * What one address of a page has proved. Both proofs live side by side: WW-90514 has `wx.config`
 * first and `wx.agentConfig` after it, and neither ends the other.
 */
export interface ProvedConfigs {
  /** `config`: the corp's identity in WeCom, the official account's in WeChat. */
  corp?: ProvedConfig
  /** `agentConfig`: the identity of an app. */
  agent?: ProvedConfig
}

/** A signature that the client found right, and the functions it opens. */
export interface ProvedConfig {
  signature: string
  names: Set<string>
  /** Whose ticket it was: functions answer with this app's ids and its visible range. */
  appKey: string | null
}

export interface PendingLocation {
  id: string
  webviewId: string
  /** What for, in the words of the mini program; null for a page, which has none. */
  purpose: string | null
  /** `null`: nobody waits any more, the question is withdrawn. */
  settle: (allow: boolean | null) => void
}

/**
 * An access token or a ticket. `owner` says whose: an app's key, a suite's id, a provider's corpid,
 * an appid.
 */
export interface Grant {
  kind:
    | 'wecom.token'
    | 'wecom.ticket'
    | 'wecom.agent-ticket'
    | 'wecom.suite-token'
    | 'wecom.provider-token'
    | 'wechat.token'
    | 'wechat.stable-token'
    | 'wechat.oauth'
    | 'wechat.ticket'
    | 'wechat.component-token'
    | 'wechat.authorizer-token'
  owner: string
  value: string
  issuedAt: number
  expiresAt: number
  revoked: boolean
  /** kind `wechat.oauth`: for whom and with which scope. */
  openid?: string
  scope?: string
  /** kind `wechat.authorizer-token`: the third-party platform that acts for the owner. */
  component?: string
}

export interface Code {
  kind: 'wecom' | 'wecom-miniprogram' | 'miniprogram' | 'official' | 'phone'
  owner: string
  userId: string
  scope: string
  redirectHost: string | null
  issuedAt: number
  used: boolean
}

/** The platforms' time in milliseconds. */
export function now(world: World): number {
  return Date.now() + world.offsetMs
}

export function seconds(world: World): number {
  return Math.floor(now(world) / 1000)
}

/** Say which people and chats: with 10,000 of them the desk cannot be told all each time. */
export function changed(world: World, touched: Touched = {}) {
  world.revision += 1
  for (const listener of world.listeners) listener({ type: 'changed', touched })
}

export function act(world: World, webviewId: string, action: ClientAction) {
  for (const listener of world.listeners) listener({ type: 'action', webviewId, action })
}

export function makeId(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`
}

/** Letters as the platforms use them in tokens and codes. */
export function makeSecret(length: number): string {
  return randomBytes(length).toString('base64url').slice(0, length)
}

export function findMember(world: World, id: string): SceneMember | undefined {
  return world.members.find((member) => member.id === id)
}

export function findCustomer(world: World, id: string): SceneCustomer | undefined {
  return findBy(world, 'id', id)
}

export function addMessage(
  world: World,
  conversation: Conversation,
  from: Party,
  card: Card,
): MessageRecord {
  const message: MessageRecord = { ...card, id: makeId('msg'), from, at: now(world) }
  conversation.messages.push(message)
  changed(world, { conversations: [conversation.id] })
  return message
}
