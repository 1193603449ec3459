import type { Card } from '../../api.ts'
import type { Scene } from '../../scenes/scene.ts'
import type { SceneButton, SceneTemplate } from '../../scenes/wechat.ts'

declare module '../../state/world.ts' {
  interface Slices {
    official: OfficialState
  }
}

/** Plain data only: it is copied by snapshots. */
export interface OfficialState {
  accounts: OfficialAccountRecord[]
  /** How many customer messages each trigger allows, and for how many seconds. */
  allowances: Record<Trigger, AllowanceRule>
}

export interface OfficialAccountRecord {
  kind: 'service' | 'subscription'
  isVerified: boolean
  appid: string
  name: string
  originalId: string
  /** By customer id, in the order in which they followed. */
  followers: Map<string, Follower>
  /** Customer ids. */
  blacklist: Set<string>
  tags: { id: number; name: string }[]
  menu: Menu | null
  conditionalMenus: ConditionalMenu[]
  templates: SceneTemplate[]
  industries: { ids: [string, string]; at: number } | null
  qrCodes: OfficialQrCode[]
  media: Map<string, OfficialMedia>
  /** By short key. */
  shortened: Map<string, { text: string; createdAt: number; expiresAt: number }>
  masses: Mass[]
  massSpeed: number
  /** Of menus, messages, tags and mass jobs. */
  lastId: number
}

export interface Follower {
  /** null: long before the scene began. */
  at: number | null
  /** `subscribe_scene`. */
  scene: 'ADD_SCENE_QR_CODE' | 'ADD_SCENE_SEARCH' | 'ADD_SCENE_PROFILE_CARD' | 'ADD_SCENE_OTHERS'
  qrScene: number | string | null
  remark: string
  tagIds: number[]
  /** The customer has switched off messages from the account. */
  isRefusing: boolean
  allowances: Allowance[]
  /** When a mass message reached them. */
  massAt: number[]
  lastMessageAt: number | null
}

/** What makes it possible to send customer messages. */
export type Trigger = 'message' | 'menu' | 'follow' | 'scan' | 'enter'
interface AllowanceRule {
  count: number
  seconds: number
}
export interface Allowance {
  trigger: Trigger
  left: number
  until: number
}

export interface Menu {
  id: number
  buttons: SceneButton[]
}
interface ConditionalMenu extends Menu {
  rule: Record<string, string>
}

export interface OfficialQrCode {
  ticket: string
  /** What is in the picture. */
  url: string
  scene: number | string
  /** null: permanent. */
  expiresAt: number | null
  createdAt: number
}

export interface OfficialMedia {
  type: 'image' | 'voice' | 'video' | 'thumb' | 'news'
  contentType: string
  name: string
  bytes: Uint8Array
  createdAt: number
  articles: Extract<Card, { kind: 'articles' }>['articles']
  title: string
  description: string
}

export interface Mass {
  id: number
  dataId: number
  clientId: string | null
  at: number
  status: 'SENDING' | 'SEND_SUCCESS' | 'SEND_FAIL' | 'DELETE'
  /** Customer ids. */
  to: string[]
  card: Card
  msgtype: string
}

/**
 * The numbers of the official page (doc/service/guide/product/kf/intro), `enter` of the mini
 * program's.
 */
const allowances: OfficialState['allowances'] = {
  message: { count: 5, seconds: 48 * 3600 },
  menu: { count: 3, seconds: 60 },
  follow: { count: 3, seconds: 60 },
  scan: { count: 3, seconds: 60 },
  enter: { count: 2, seconds: 60 },
}

export function createOfficial(scene: Scene): OfficialState {
  const { service, subscription } = scene.wechat
  const followers = new Map(
    scene.customers
      .filter(({ subscribed }) => subscribed)
      .map(({ id }) => [id, createFollower(null)]),
  )
  return {
    accounts: [
      createAccount({ kind: 'service', ...scene.officialAccount, ...service, followers }),
      createAccount({ kind: 'subscription', ...subscription, templates: [], followers: new Map() }),
    ],
    allowances: structuredClone(allowances),
  }
}

type Given = Pick<
  OfficialAccountRecord,
  'kind' | 'appid' | 'name' | 'originalId' | 'templates' | 'followers'
> & { menu: SceneButton[] }

function createAccount({
  kind,
  appid,
  name,
  originalId,
  templates,
  followers,
  menu,
}: Given): OfficialAccountRecord {
  return {
    kind,
    isVerified: true,
    appid,
    name,
    originalId,
    followers,
    blacklist: new Set(),
    // 星标组 is there from the start and belongs to the platform.
    tags: [{ id: 2, name: '星标组' }],
    menu: { id: firstId, buttons: structuredClone(menu) },
    conditionalMenus: [],
    templates: structuredClone(templates),
    industries: null,
    qrCodes: [],
    media: new Map(),
    shortened: new Map(),
    masses: [],
    massSpeed: 0,
    lastId: firstId,
  }
}

const firstId = 208_000_000

export function createFollower(
  at: number | null,
  scene: Follower['scene'] = 'ADD_SCENE_QR_CODE',
  qrScene: Follower['qrScene'] = null,
): Follower {
  return {
    at,
    scene,
    qrScene,
    remark: '',
    tagIds: [],
    isRefusing: false,
    allowances: [],
    massAt: [],
    lastMessageAt: null,
  }
}
