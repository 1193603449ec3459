import { Refusal } from '../../platform/method.ts'
import type { Grant, World } from '../../state/world.ts'

/**
 * A permission set (权限集): what an account can give to a third-party platform, as its admin reads
 * it.
 */
export interface PermissionSet {
  id: number
  name: string
  kind: 'miniprogram' | 'official'
  /** Only one platform can have it. */
  isExclusive?: true
}

/** miniprogram_authority and offical_account_authority, as far as they concern a CRM. */
export const permissionSets: PermissionSet[] = [
  { id: 1, name: '消息管理', kind: 'official' },
  { id: 2, name: '用户管理', kind: 'official' },
  { id: 3, name: '帐号服务', kind: 'official' },
  { id: 4, name: '网页服务', kind: 'official' },
  { id: 6, name: '多客服', kind: 'official' },
  { id: 7, name: '群发与通知', kind: 'official' },
  { id: 8, name: '卡券', kind: 'official' },
  { id: 11, name: '素材管理', kind: 'official' },
  { id: 15, name: '自定义菜单', kind: 'official' },
  { id: 24, name: '开放平台帐号管理', kind: 'official', isExclusive: true },
  { id: 17, name: '获取小程序码', kind: 'miniprogram' },
  { id: 18, name: '小程序开发与数据分析', kind: 'miniprogram', isExclusive: true },
  { id: 19, name: '客服管理', kind: 'miniprogram' },
  { id: 25, name: '开放平台账号管理', kind: 'miniprogram', isExclusive: true },
  { id: 30, name: '基本信息管理', kind: 'miniprogram' },
  { id: 49, name: '云开发管理', kind: 'miniprogram', isExclusive: true },
  { id: 76, name: '违规与交易投诉', kind: 'miniprogram', isExclusive: true },
  { id: 88, name: '小程序链接', kind: 'miniprogram' },
]

export function setsOf(kind: PermissionSet['kind']): PermissionSet[] {
  return permissionSets.filter((set) => set.kind === kind)
}

/** Which of an account's exclusive sets another platform has already. */
export function takenSets(world: World, component: string, appid: string): number[] {
  const exclusive = permissionSets.filter(({ isExclusive }) => isExclusive).map(({ id }) => id)
  return world.open.authorizations
    .filter((one) => one.appid === appid && one.component !== component)
    .flatMap(({ sets }) => sets.filter((set) => exclusive.includes(set)))
}

/**
 * Methods and the sets of which one is needed, as the pages' 第三方调用 sections name them. The
 * first match counts; what is not here needs none.
 */
const needs: [RegExp, number[]][] = [
  [/^\/wxa\/getwxacode|^\/cgi-bin\/wxaapp\/createwxaqrcode/, [17, 18]],
  [/^\/wxa\/(generatescheme|generate_urllink|queryscheme|query_urllink)/, [88, 18]],
  [/^\/wxa\/(modify_domain|setwebviewdomain|get_effective_domain)/, [18, 30]],
  [
    /^\/wxa\/(commit|get_(page|qrcode|category|auditstatus|latest_auditstatus)|submit_audit|undocodeaudit|release|revertcoderelease)/,
    [18],
  ],
  [
    /^\/wxa\/(grayrelease|getgrayreleaseplan|change_visitstatus|getvisitstatus|queryquota|speedupaudit|getversioninfo|security\/)/,
    [18],
  ],
  [/^\/wxa\/(bind|unbind)_tester/, [18]],
  [/^\/cgi-bin\/component\/(set|get)privacysetting/, [18]],
  [/^\/cgi-bin\/open\//, [24, 25]],
  [/^\/cgi-bin\/(user|tags|groups)\//, [2]],
  [/^\/cgi-bin\/message\/custom\/send/, [1, 6, 19]],
  [/^\/cgi-bin\/message\/(template|mass)\/|^\/cgi-bin\/template\//, [7]],
  [/^\/cgi-bin\/(menu|get_current_selfmenu_info)/, [15]],
  [/^\/cgi-bin\/qrcode\/create/, [3]],
  [/^\/cgi-bin\/ticket\/getticket/, [4]],
  [/^\/cgi-bin\/(media|material|draft|freepublish)\//, [11]],
]

/** What a third-party platform does for an account, the account must have allowed. */
export function requireSet(world: World, token: Grant, path: string) {
  const allowed = world.open.authorizations.find(
    (one) => one.appid === token.owner && one.component === token.component,
  )
  const needed = needs.find(([pattern]) => pattern.test(path))?.[1]
  if (!allowed || (needed && !needed.some((set) => allowed.sets.includes(set))))
    throw new Refusal(61007, 'api is unauthorized to component')
}

/**
 * Message management and customer service; for a mini program the development, whose audits are
 * told there.
 */
const messageSets = [1, 6, 7, 18, 19]

/**
 * Third-party platforms that get this account's messages and events at their 消息与事件接收 URL.
 */
export function mayTakeMessages(world: World, appid: string): string[] {
  return world.open.authorizations
    .filter((one) => one.appid === appid && one.sets.some((set) => messageSets.includes(set)))
    .map(({ component }) => component)
}
