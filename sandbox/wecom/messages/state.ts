import type { Scene } from '../../scenes/scene.ts'
import { createArchive, type ArchiveState } from './archive-state.ts'

declare module '../../state/world.ts' {
  interface Slices {
    messages: MessagesState
  }
}

/** Plain data only: it is copied by snapshots. */
export interface MessagesState {
  /** Temporary and permanent media by media id; oldest first. */
  media: Map<string, Medium>
  /** What apps sent, by msgid. */
  sent: Map<string, SentMessage>
  /** Codes that update a template card, once. */
  cardCodes: Map<string, CardCode>
  /** An app's menu, by its key. */
  menus: Map<string, MenuItem[]>
  /** The time of each request that asked for the duplicate check, by app and content. */
  fingerprints: Map<string, number>
  /** Files that WeCom fetches by itself. */
  uploads: Map<string, Upload>
  /**
   * Contacts that a member has picked for an app through selectExternalContact, by app and member.
   */
  picked: Map<string, string[]>
  archive: ArchiveState
}

export type MediumKind = 'image' | 'voice' | 'video' | 'file'

export interface Medium {
  id: string
  corpId: string
  kind: MediumKind
  /** `permanent`: from uploadimg, known by its address only. */
  use: 'temporary' | 'attachment' | 'permanent'
  filename: string
  type: string
  bytes: Uint8Array
  /** kind `voice`. */
  seconds: number
  /** Milliseconds. */
  createdAt: number
}

export interface SentMessage {
  msgid: string
  appKey: string
  at: number
  isRecalled: boolean
  deliveries: { memberId: string; conversationId: string; messageId: string }[]
  /** A template card's own fields, as they stand now. */
  card: { type: string; taskId: string; buttons: { key: string; text: string }[] } | null
}

export interface CardCode {
  appKey: string
  msgid: string
  /** Milliseconds. */
  issuedAt: number
  isUsed: boolean
}

/** As menu/create gave it: WW-90231. */
export interface MenuItem {
  name: string
  type?: string
  key?: string
  url?: string
  appid?: string
  pagepath?: string
  sub_button?: MenuItem[]
}

export interface Upload {
  id: string
  appKey: string
  state: 'running' | 'done' | 'failed'
  mediaId: string | null
  errcode: number
  errmsg: string
}

export function createMessages(scene: Scene): MessagesState {
  return {
    media: new Map(),
    sent: new Map(),
    cardCodes: new Map(),
    menus: new Map(),
    fingerprints: new Map(),
    uploads: new Map(),
    picked: new Map(),
    archive: createArchive(scene),
  }
}
