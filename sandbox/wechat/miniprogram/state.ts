import type { Scene } from '../../scenes/scene.ts'
import type { SceneTemplate } from '../../scenes/wechat.ts'
import type { Allowance, OfficialMedia } from '../official/state.ts'

declare module '../../state/world.ts' {
  interface Slices {
    miniprogram: MiniprogramState
  }
}

/** Plain data only: it is copied by snapshots. */
export interface MiniprogramState {
  /** By customer id: the session key of the last login and when that was. */
  sessions: Map<string, Session>
  /** Customer ids: their logins are blocked (40226). */
  riskyUsers: Set<string>
  templates: SceneTemplate[]
  /** How many subscribe messages a customer still allows, by customer and template. */
  consents: Map<string, number>
  /** Subscribe messages are taken away from the mini program for misuse. */
  isBanned: boolean
  /** The newest ones that were asked for. */
  codes: MiniprogramCode[]
  /** How many codes of the kinds that are counted (getwxacode, createwxaqrcode). */
  countedCodes: number
  links: Map<string, Link>
  riskyWords: RiskyWord[]
  mediaChecks: MediaCheck[]
  /** Hashes of encryptedData and when it was made. */
  encrypted: Map<string, number>
  media: Map<string, OfficialMedia>
  /** Customer service, by customer id. */
  talks: Map<string, Talk>
}

export interface Session {
  key: string
  at: number
}

export interface Talk {
  allowances: Allowance[]
  lastMessageAt: number | null
}

interface MiniprogramCode {
  id: string
  title: string
  text: string
}

/** A URL link, scheme or short link, by what stands in it. */
export interface Link {
  page: string
  query: string
  createdAt: number
  expiresAt: number
  version: string
}

export interface RiskyWord {
  word: string
  label: number
  suggest: 'risky' | 'review'
}

export interface MediaCheck {
  traceId: string
  url: string
  at: number
}

/** Invented, and changed with the happening `security.words`. */
const riskyWords: RiskyWord[] = [
  { word: '代开发票', label: 10001, suggest: 'risky' },
  { word: '刷单返利', label: 20008, suggest: 'risky' },
  { word: '赌球', label: 20006, suggest: 'risky' },
  { word: '滚蛋', label: 20003, suggest: 'review' },
  { word: 'risky-picture', label: 20002, suggest: 'risky' },
]

export function createMiniprogram(scene: Scene): MiniprogramState {
  return {
    sessions: new Map(),
    riskyUsers: new Set(),
    templates: structuredClone(scene.wechat.miniprogram.templates),
    consents: new Map(),
    isBanned: false,
    codes: [],
    countedCodes: 0,
    links: new Map(),
    riskyWords: structuredClone(riskyWords),
    mediaChecks: [],
    encrypted: new Map(),
    media: new Map(),
    talks: new Map(),
  }
}
