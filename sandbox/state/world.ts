import { randomBytes } from 'node:crypto'
import type {
  Card,
  Call,
  ClientAction,
  DeskEvent,
  Entry,
  Fault,
  Invoke,
  LocationPermission,
  Party,
  Position,
  Scenario,
  SceneName,
} from '../api.ts'
import { scenes } from '../scenes/all.ts'
import type { Scene, SceneCustomer, SceneMember } from '../scenes/scene.ts'

/** Everything the two platforms know. Plain data that the routes read and change; nothing here survives the process. */
export interface World {
  /** Where this sandbox and its webview can be reached by a browser. */
  addresses: { sandbox: string; webview: string; upstream: string[] }
  offsetMs: number
  revision: number
  scene: Scene
  members: SceneMember[]
  customers: SceneCustomer[]
  /** Milliseconds at which the scene was set; its minutes-ago count from here. */
  setAt: number
  conversations: Conversation[]
  webviews: Map<string, WebviewRecord>
  devices: {
    memberId: string | null
    customerId: string | null
    locationPermission: LocationPermission
    position: Position
    pendingLocation: PendingLocation | null
  }
  trustedHosts: string[]
  /** The member whose sign-in the webview's cookies hold. */
  cookieOwner: string | null
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
}

/** Something changed, or a page wants its client to show something. */
export type WorldEvent = 'changed' | Extract<DeskEvent, { type: 'action' }>

export interface Conversation {
  id: string
  kind: 'contact' | 'group' | 'friends'
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
  /** What the current document has proved: by page load and address. */
  configs: Map<string, ProvedConfig>
  /** What `updateAppMessageShareData` left for the menu. */
  shareData: Record<string, unknown> | null
}

/** A signature that the client found right, and the functions it opens. */
export interface ProvedConfig {
  signature: string
  names: Set<string>
}

export interface PendingLocation {
  id: string
  webviewId: string
  /** `null`: nobody waits any more, the question is withdrawn. */
  settle: (allow: boolean | null) => void
}

/** An access token or a ticket. `owner` says whose: `corp/agent` or an appid. */
export interface Grant {
  kind: 'wecom.token' | 'wecom.ticket' | 'wecom.agent-ticket' | 'wechat.token' | 'wechat.stable-token' | 'wechat.oauth' | 'wechat.ticket'
  owner: string
  value: string
  issuedAt: number
  expiresAt: number
  revoked: boolean
  /** kind `wechat.oauth`: for whom and with which scope. */
  openid?: string
  scope?: string
}

export interface Code {
  kind: 'wecom' | 'miniprogram' | 'official'
  owner: string
  userId: string
  scope: string
  redirectHost: string | null
  issuedAt: number
  used: boolean
}

export function createWorld(sceneName: SceneName, addresses: World['addresses']): World {
  const world: World = {
    addresses,
    offsetMs: 0,
    revision: 0,
    setAt: 0,
    scene: scenes[sceneName],
    members: [],
    customers: [],
    conversations: [],
    webviews: new Map(),
    devices: { memberId: null, customerId: null, locationPermission: 'unset', position: scenes[sceneName].position, pendingLocation: null },
    trustedHosts: [],
    cookieOwner: null,
    grants: [],
    recalled: [],
    turns: new Map(),
    codes: new Map(),
    counters: new Map(),
    faults: [],
    hanging: new Set(),
    calls: [],
    invokes: [],
    listeners: new Set(),
  }
  setScene(world, sceneName)
  return world
}

/**
 * Puts the world back to a scene. Codes, webviews, faults and the clock go; listeners and addresses stay. Good tokens and tickets stay
 * too: people and chats begin anew, but our server still holds them, and a ticket that died here would leave it signing in vain for two hours.
 */
export function setScene(world: World, name: SceneName) {
  releaseEverybody(world)
  const scene = structuredClone(scenes[name])
  world.offsetMs = 0
  world.scene = scene
  world.setAt = now(world)
  world.members = scene.members
  world.customers = scene.customers
  world.conversations = scene.conversations.map(({ messages, ...rest }) => ({
    ...rest,
    messages: messages.map(({ card, from, minutesAgo }) => ({ ...card, id: makeId('msg'), from, at: world.setAt - minutesAgo * 60_000 })),
  }))
  world.devices = {
    memberId: scene.wecomMember,
    customerId: scene.wechatCustomer,
    locationPermission: 'unset',
    position: scene.position,
    pendingLocation: null,
  }
  world.trustedHosts = [new URL(world.addresses.webview).host]
  world.grants = world.grants.filter((one) => !one.revoked && one.expiresAt > Date.now())
  world.codes.clear()
  world.counters.clear()
  world.calls = []
  world.invokes = []
  changed(world)
}

/** Whoever waits for an answer gets one, so that no request hangs for ever after a reset or at the end. */
export function releaseEverybody(world: World) {
  world.devices.pendingLocation?.settle(null)
  for (const webview of world.webviews.values()) webview.pendingForward?.settle(false)
  world.webviews.clear()
  for (const release of world.hanging) release()
  world.hanging.clear()
  world.faults = []
}

/** The platforms' time in milliseconds. */
export function now(world: World): number {
  return Date.now() + world.offsetMs
}

export function seconds(world: World): number {
  return Math.floor(now(world) / 1000)
}

export function changed(world: World) {
  world.revision += 1
  for (const listener of world.listeners) listener('changed')
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
  return world.customers.find((customer) => customer.id === id)
}

export function addMessage(world: World, conversation: Conversation, from: Party, card: Card): MessageRecord {
  const message: MessageRecord = { ...card, id: makeId('msg'), from, at: now(world) }
  conversation.messages.push(message)
  changed(world)
  return message
}
