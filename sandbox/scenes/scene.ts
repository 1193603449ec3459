import type { Card, ConversationKind, Party, Position, SceneName } from '../api.ts'
import type { SceneWechat } from './wechat.ts'

/**
 * A world as data. Times are minutes before the moment the scene is set, so that a demo always
 * looks like this morning.
 */
export interface Scene {
  name: SceneName
  title: string
  corp: { id: string; name: string }
  /** The first one is the main app. */
  apps: SceneApp[]
  provider: Provider
  /** 通讯录同步. */
  contactSyncSecret: string
  /** Interface licences (接口许可); without it the trial of each installed app has just begun. */
  licences?: {
    trialDaysAgo: number
    accounts: { memberId: string; kind: LicenceKind; daysLeft: number }[]
  }
  miniprogram: { appid: string; secret: string; name: string; home: string }
  officialAccount: { appid: string; secret: string; name: string }
  wechat: SceneWechat
  /**
   * Third-party platforms (第三方平台) of WeChat's open platform, to which accounts can be
   * authorized.
   */
  components: {
    appid: string
    secret: string
    name: string
    callbackToken: string
    callbackAesKey: string
  }[]
  departments: { id: number; name: string; parentId: number; order: number }[]
  members: SceneMember[]
  customers: SceneCustomer[]
  tagGroups: SceneTagGroup[]
  conversations: SceneConversation[]
  groupChats: SceneGroupChat[]
  wecomMember: string | null
  wechatCustomer: string | null
  position: Position
}

/** Who an app belongs to decides which token, ids and fields it gets (platform.md §2). */
export type Mode = 'own' | 'customized' | 'thirdparty'

/** A service provider (服务商) with its templates and suites. */
export interface Provider {
  corpId: string
  secret: string
  name: string
  suites: Suite[]
}

export interface Suite {
  id: string
  secret: string
  kind: 'customized' | 'thirdparty'
  name: string
}

/** 基础账号 and 互通账号; the second includes the first (WW-95652). On the wire 1 and 2. */
export type LicenceKind = 'base' | 'contact'

export interface SceneApp {
  agentId: string
  name: string
  mode: Mode
  /** An own app's secret, the permanent code of the others. */
  secret: string
  suiteId: string | null
  home: string
  callbackToken: string
  callbackAesKey: string
}

export interface SceneMember {
  id: string
  name: string
  position: string
  departmentId: number
  /** Inside the visible range of our app. */
  visible: boolean
  avatar: Avatar
  /** What only the member's consent opens (WW-95833). */
  mobile?: string
  email?: string
  gender?: 'male' | 'female'
}

export interface SceneCustomer {
  id: string
  name: string
  avatar: Avatar
  externalUserId: string
  unionid: string
  miniprogramOpenid: string
  officialOpenid: string
  subscribed: boolean
  corpName: string | null
  corpFullName: string | null
  position: string | null
  gender: 'unknown' | 'male' | 'female'
  /** Uses WeCom at another corp, not WeChat: type 2, without unionid. */
  isWecomUser?: true
  follows: SceneFollow[]
}

export interface SceneTag {
  id: string
  name: string
  /** The larger, the further to the front. Without it: as listed. */
  order?: number
  /** Milliseconds. Without it: some months before the scene. */
  createdAt?: number
  /** The app that made it; it alone may change it. Without it: an admin made it. */
  creator?: string
}

export interface SceneTagGroup extends SceneTag {
  tags: SceneTag[]
}

export interface SceneFollow {
  memberId: string
  remark: string
  description: string
  /** Tag ids of `tagGroups`. */
  tagIds: string[]
  addedMinutesAgo: number
  addWay: number
  state: string | null
  phones: string[]
  /** The corp that the member noted for the customer. */
  company?: string
  /**
   * The customer added the member without verification, and the member has not added the customer
   * yet.
   */
  half?: true
  /** The customer has deleted the member, who still has the contact. */
  lost?: true
}

export interface SceneConversation {
  id: string
  kind: ConversationKind
  participants: Party[]
  messages: { from: Party; minutesAgo: number; card: Card }[]
}

export interface SceneGroupChat {
  chatId: string
  name: string
  ownerId: string
  notice: string
  conversationId: string
  createdMinutesAgo: number
  admins?: string[]
  /**
   * How each participant came in, by `member/<id>` or `customer/<id>`. Without it: invited by the
   * owner at the beginning.
   */
  joined?: Record<string, SceneJoin>
  /** Of the list of participants; a new one with each change. */
  version?: string
  dismissed?: true
}

export interface SceneJoin {
  minutesAgo: number
  /** 1 invited, 2 by a link, 3 by a QR code. */
  scene: 1 | 2 | 3
  /** Member id. */
  invitor: string | null
  state: string | null
}

/** Drawn by the sandbox itself: `face` is a picture of a person, a colour pair and the hair. */
export interface Avatar {
  background: string
  clothes: string
  hair: 'short' | 'long' | 'bob' | 'cap'
  skin: string
}
