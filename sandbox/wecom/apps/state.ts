import type { Scene } from '../../scenes/scene.ts'

/** Who an app belongs to decides which token, ids and fields it gets (platform.md §2). */
export type Mode = 'own' | 'customized' | 'thirdparty'

/** Permission sets of 客户联系 and others that an admin grants to an app; an own app has all of them. Missing ⇒ 48002. */
export type Permission = 'contact.base' | 'contact.way' | 'contact.tag' | 'contact.mass' | 'contact.welcome' | 'contact.group' | 'contact.transfer' | 'member.name' | 'archive'
export const everyPermission: Permission[] = ['contact.base', 'contact.way', 'contact.tag', 'contact.mass', 'contact.welcome', 'contact.group', 'contact.transfer', 'member.name', 'archive']

export interface App {
  /** `corp/agent`: the owner of its tokens and tickets. */
  key: string
  /** The corp's plain id. */
  corpId: string
  agentId: string
  name: string
  mode: Mode
  /** An own app's secret; the permanent code of the two others. */
  secret: string
  /** The template (customized) or suite (third-party) it was installed from. */
  suiteId: string | null
  /** Address of its home page; a path is taken under the webview's origin. */
  home: string
  /** 可见范围. */
  visible: { members: string[]; departments: number[] }
  permissions: Permission[]
  /** 企业可信IP; `null`: every address may call. */
  allowedIps: string[] | null
}

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

/** Plain data only: it is copied by snapshots. */
export interface AppsState {
  /** The first one is the main app: its home page is what the chat toolbar opens, its credentials are what the sandbox hands out. */
  list: App[]
  provider: Provider
}

export function createApps(scene: Scene): AppsState {
  const visibleMembers = scene.members.filter(({ visible }) => visible).map(({ id }) => id)
  return {
    list: scene.apps.map((app) => ({
      key: `${scene.corp.id}/${app.agentId}`,
      corpId: scene.corp.id,
      agentId: app.agentId,
      name: app.name,
      mode: app.mode,
      secret: app.secret,
      suiteId: app.suiteId,
      home: app.home,
      visible: { members: visibleMembers, departments: [] },
      permissions: [...everyPermission],
      allowedIps: null,
    })),
    provider: structuredClone(scene.provider),
  }
}
