import type { Mode, Provider, Scene } from '../../scenes/scene.ts'
import type { World } from '../../state/world.ts'

declare module '../../state/world.ts' {
  interface Slices {
    apps: AppsState
  }
}

/**
 * What an admin grants to an app, by the published names (WW-99108); an own app has all of them.
 * Missing ⇒ 48002. `archive` is granted in the admin's own pages and has no such name.
 */
export const everyPermission = [
  'contact:sensitive:user_name',
  'externalcontact:base:base',
  'externalcontact:contact:tag',
  'externalcontact:contact:group_msg',
  'externalcontact:contact:welcome_msg',
  'externalcontact:contact:qrcode',
  'externalcontact:contact:transfer',
  'externalcontact:contact:resigned',
  'externalcontact:groupchat:welcome_msg',
  'archive',
] as const
export type Permission = (typeof everyPermission)[number]

/**
 * How much a provider's app is used (WW-96307). `low`: it learns of active members' customers only;
 * `closed`: of nobody's. What follows an alert comes at `effectAt`, in seconds, unless the app is
 * used again.
 */
export interface Activity {
  state: 'active' | 'low' | 'closed'
  next: 'low' | 'closed' | null
  effectAt: number | null
  /** Who still counts as active when the app is little used. */
  activeMembers: string[]
}

export const inUse: Activity = { state: 'active', next: null, effectAt: null, activeMembers: [] }

export interface App {
  /** `corp/agent`: the owner of its tokens and tickets. */
  key: string
  /** The corp's plain id. */
  corpId: string
  agentId: string
  name: string
  mode: Mode
  /**
   * An own app's secret; the permanent code of the two others, empty until the provider has fetched
   * it.
   */
  secret: string
  /** The template (customized) or suite (third-party) it was installed from. */
  suiteId: string | null
  /** Address of its home page; a path is taken under the webview's origin. */
  home: string
  /**
   * 可信域名 of its own, port included. The host of an absolute `home` and the world's trusted
   * hosts count too.
   */
  trustedHosts: string[]
  /** 可见范围. A department stands here with everything below it: change it with `setVisible`. */
  visible: { members: string[]; departments: number[] }
  permissions: Permission[]
  /** 企业可信IP; `null`: every address may call. */
  allowedIps: string[] | null
  /** Members who manage it. */
  admins: string[]
  /** A customized app serves members only after its provider has gone online with it. */
  isOnline: boolean
  activity: Activity
}

/** What an admin scans to authorize one of some templates (WW-98744). */
export interface Invitation {
  text: string
  suiteIds: string[]
  state: string
  expiresAt: number
}

/** Opens the install page for a suite. */
export interface PreAuthCode {
  value: string
  suiteId: string
  expiresAt: number
  isTest: boolean
}

/** What a provider gets for an authorization and exchanges for the permanent code, once. */
export interface AuthCode {
  value: string
  suiteId: string
  appKey: string
  adminId: string
  state: string
  expiresAt: number
  used: boolean
  /** Its exchange makes a new permanent code. */
  renews: boolean
}

/**
 * A ticket for private fields of the member who consented (WW-95833). `owner`: an app's key or a
 * suite's id.
 */
export interface UserTicket {
  value: string
  owner: string
  memberId: string
  isPrivate: boolean
  expiresAt: number
}

/** Plain data only: it is copied by snapshots. */
export interface AppsState {
  /**
   * The first one is the main app: its home page is what the chat toolbar opens, its credentials
   * are what the sandbox hands out.
   */
  list: App[]
  provider: Provider
  /**
   * 通讯录同步: no app that anybody opens, but it has a secret, and only it may list the members'
   * ids (WW-96067).
   */
  contactSync: App
  nextAgentId: number
  /** By suite, newest last. */
  suiteTickets: Record<string, { value: string; issuedAt: number }[]>
  invitations: Invitation[]
  preAuthCodes: PreAuthCode[]
  authCodes: AuthCode[]
  userTickets: UserTicket[]
  /** Until when a member's consent to private fields is remembered, by `app member`. */
  consents: Record<string, number>
  /** 标签 of members and departments. */
  memberTags: { id: number; name: string; members: string[]; departments: number[] }[]
}

export function createApps(scene: Scene): AppsState {
  const members = scene.members.filter(({ visible }) => visible).map(({ id }) => id)
  const [admin] = scene.members
  const app = (
    seed: Pick<App, 'agentId' | 'name' | 'mode' | 'secret' | 'suiteId' | 'home'>,
  ): App => ({
    ...seed,
    key: `${scene.corp.id}/${seed.agentId}`,
    corpId: scene.corp.id,
    trustedHosts: [],
    visible: { members: [...members], departments: [] },
    permissions: [...everyPermission],
    allowedIps: null,
    admins: admin ? [admin.id] : [],
    isOnline: true,
    activity: { ...inUse },
  })
  return {
    list: scene.apps.map(({ agentId, name, mode, secret, suiteId, home }) =>
      app({ agentId, name, mode, secret, suiteId, home }),
    ),
    provider: structuredClone(scene.provider),
    contactSync: {
      ...app({
        agentId: 'contacts',
        name: '通讯录同步',
        mode: 'own',
        secret: scene.contactSyncSecret,
        suiteId: null,
        home: '',
      }),
      visible: { members: [], departments: scene.departments.map(({ id }) => id) },
      permissions: [],
    },
    nextAgentId: Math.max(...scene.apps.map(({ agentId }) => Number(agentId))) + 1,
    suiteTickets: {},
    invitations: [],
    preAuthCodes: [],
    authCodes: [],
    userTickets: [],
    consents: {},
    memberTags: [],
  }
}

/** The app that the chat toolbar opens and whose credentials the sandbox hands out. */
export function mainApp(world: World): App {
  const [app] = world.apps.list
  if (!app) throw new Error('a scene needs an app')
  return app
}
