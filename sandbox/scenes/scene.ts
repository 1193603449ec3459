import type { Card, ConversationKind, Party, Position, SceneName } from '../api.ts'
import type { Mode, Provider } from '../wecom/apps/state.ts'
import type { LicenceKind } from '../wecom/licences/state.ts'

/** A world as data. Times are minutes before the moment the scene is set, so that a demo always looks like this morning. */
export interface Scene {
  name: SceneName
  title: string
  corp: { id: string; name: string }
  /** The first one is the main app. */
  apps: SceneApp[]
  provider: Provider
  /** Interface licences (接口许可); without it the trial of each installed app has just begun. */
  licences?: { trialDaysAgo: number; accounts: { memberId: string; kind: LicenceKind; daysLeft: number }[] }
  miniprogram: { appid: string; secret: string; name: string; home: string }
  officialAccount: { appid: string; secret: string; name: string }
  departments: { id: number; name: string; parentId: number; order: number }[]
  members: SceneMember[]
  customers: SceneCustomer[]
  tagGroups: { id: string; name: string; tags: { id: string; name: string }[] }[]
  conversations: SceneConversation[]
  groupChats: SceneGroupChat[]
  wecomMember: string | null
  wechatCustomer: string | null
  position: Position
}

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
  follows: SceneFollow[]
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
}

/** Drawn by the sandbox itself: `face` is a picture of a person, a colour pair and the hair. */
export interface Avatar {
  background: string
  clothes: string
  hair: 'short' | 'long' | 'bob' | 'cap'
  skin: string
}
