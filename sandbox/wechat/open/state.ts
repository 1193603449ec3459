import type { Scene } from '../../scenes/scene.ts'

declare module '../../state/world.ts' {
  interface Slices {
    open: OpenState
  }
}

/** A third-party platform (第三方平台). */
export interface Component {
  appid: string
  secret: string
  name: string
  /** IP 白名单; `null`: every address may call. */
  allowedIps: string[] | null
  isPushingTickets: boolean
  /** Newest last; each is good for twelve hours. */
  tickets: { value: string; issuedAt: number }[]
  drafts: Draft[]
  templates: Template[]
  serverDomains: PlatformDomains
  jumpDomains: PlatformDomains
}

/** Hosts without a scheme. */
export interface PlatformDomains {
  testing: string[]
  published: string[]
}

/** What a developer uploaded with the developer tools. */
export interface Draft {
  id: number
  version: string
  desc: string
  createdAt: number
  pages: string[]
  /** Interfaces for which WeChat wants a declaration, e.g. `wx.getLocation`. */
  privateApis: string[]
}

export type Template = Draft & { type: 0 | 1 }

/** What an account has allowed a third-party platform. */
export interface Authorization {
  component: string
  appid: string
  refreshToken: string
  /** Permission sets (权限集), as in func_info. */
  sets: number[]
  authorizedAt: number
  options: Record<string, string>
}

export interface AuthorizationCode {
  component: string
  appid: string
  expiresAt: number
  used: boolean
}

/** A version of a mini program on its way from the template to the public. */
export interface Version {
  templateId: number
  version: string
  desc: string
  pages: string[]
  privateApis: string[]
  /** requiredPrivateInfos of ext_json, with `wx.` in front. */
  declaredApis: string[]
  committedAt: number
}

export interface Audit {
  id: number
  /** 0 approved, 1 rejected, 2 under way, 3 withdrawn, 4 delayed. */
  status: 0 | 1 | 2 | 3 | 4
  reason: string
  screenshots: string
  submittedAt: number
  isSpedUp: boolean
  isReleased: boolean
  version: Version
}

export interface Release {
  appVersion: number
  releasedAt: number
  version: Version
  /** It came back by a revert, so it cannot be left by another one. */
  isReverted: boolean
}

export const serverDomainKinds = [
  'requestdomain',
  'wsrequestdomain',
  'uploaddomain',
  'downloaddomain',
  'udpdomain',
  'tcpdomain',
] as const
export type ServerDomains = Record<(typeof serverDomainKinds)[number], string[]>

/** What third-party platforms can do with a mini program. */
export interface Program {
  appid: string
  trial: Version | null
  audits: Audit[]
  /** The last one is public. */
  releases: Release[]
  gray: {
    status: number
    percentage: number
    createdAt: number
    forDebuggers: boolean
    forTesters: boolean
  } | null
  isVisible: boolean
  testers: { wechatid: string; userstr: string }[]
  /** On mp.weixin.qq.com, by way of a platform's list, and directly. */
  domains: { mp: ServerDomains; third: ServerDomains; direct: ServerDomains }
  webviewDomains: { third: string[]; direct: string[] }
  /** By privacy_ver: 1 released, 2 in development. */
  privacy: Record<number, PrivacySetting>
  privateApis: Record<string, PrivateApi>
}

export interface PrivacySetting {
  owner: Record<string, string>
  items: { privacy_key: string; privacy_text: string }[]
  updatedAt: number
}

export interface PrivateApi {
  /** 1 not applied for, 2 no right, 3 applied for, 4 refused, 5 granted (getPrivacyInterface). */
  status: 1 | 2 | 3 | 4 | 5
  auditId: number
  appliedAt: number
  reason: string
}

/** 微信开放平台帐号: what joins the unionids of accounts. */
export interface OpenAccount {
  openAppid: string
  /** Others cannot be changed by the API (89003). */
  isMadeByApi: boolean
  appids: string[]
}

/** Plain data only: it is copied by snapshots. */
export interface OpenState {
  components: Component[]
  preAuthCodes: Map<string, { component: string; expiresAt: number }>
  codes: Map<string, AuthorizationCode>
  authorizations: Authorization[]
  programs: Program[]
  accounts: OpenAccount[]
  lastNumber: number
}

export function createOpen(scene: Scene): OpenState {
  const { miniprogram, officialAccount, wechat } = scene
  const template = {
    version: '1.3.0',
    desc: '资料、工单与设备档案',
    createdAt: 0,
    pages: wechat.miniprogram.pages,
    privateApis: ['wx.getLocation', 'wx.chooseLocation'],
  }
  return {
    components: scene.components.map(({ appid, secret, name }) => ({
      appid,
      secret,
      name,
      allowedIps: null,
      isPushingTickets: true,
      tickets: [],
      drafts: [{ ...template, id: 0, version: '1.4.0', desc: '加入保养提醒' }],
      templates: [{ ...template, id: 1, type: 0 }],
      serverDomains: { testing: [], published: [] },
      jumpDomains: { testing: [], published: [] },
    })),
    preAuthCodes: new Map(),
    codes: new Map(),
    authorizations: [],
    programs: [
      createProgram(miniprogram.appid, { ...template, version: '1.2.0', desc: '首次发布' }),
    ],
    // Both belong to one, so that unionids are the same; an admin made it by hand.
    accounts: [
      {
        openAppid: 'wxd4a81c6e39b7f052',
        isMadeByApi: false,
        appids: [miniprogram.appid, officialAccount.appid],
      },
    ],
    lastNumber: 421_600_000,
  }
}

function createProgram(appid: string, released: Omit<Draft, 'id'>): Program {
  const none = (): ServerDomains => ({
    requestdomain: [],
    wsrequestdomain: [],
    uploaddomain: [],
    downloaddomain: [],
    udpdomain: [],
    tcpdomain: [],
  })
  const { version, desc, pages, privateApis } = released
  const granted: PrivateApi = { status: 5, auditId: 0, appliedAt: 0, reason: '' }
  return {
    appid,
    trial: null,
    audits: [],
    releases: [
      {
        appVersion: 1,
        releasedAt: 0,
        isReverted: false,
        version: {
          templateId: -1,
          version,
          desc,
          pages,
          privateApis,
          declaredApis: [...privateApis],
          committedAt: 0,
        },
      },
    ],
    gray: null,
    isVisible: true,
    testers: [],
    domains: { mp: none(), third: none(), direct: none() },
    webviewDomains: { third: [], direct: [] },
    privacy: {},
    privateApis: { 'wx.getLocation': granted, 'wx.chooseLocation': { ...granted } },
  }
}
