import { issueCode } from '../state/grants.ts'
import { idsOf } from '../state/ids.ts'
import { findMember, now, type WebviewRecord, type World } from '../state/world.ts'
import type { SceneMember } from '../scenes/scene.ts'
import { isVisible } from '../wecom/access.ts'
import type { App } from '../wecom/apps/state.ts'
import { hostOf, isTrustedHost } from '../wecom/apps/trusted.ts'
import { mayEnter } from '../wecom/licences/entry.ts'
import { withQuery } from './with-query.ts'
import type { Ask, AuthorizeAnswer } from './authorize-answer.ts'
import { avatarUrl } from '../state/find.ts'

const thirtyDays = 30 * 86_400_000

/**
 * Whom an appid of a WeCom link means: the apps of a corp, as they know its id, or the one of a
 * third-party suite.
 */
export interface WecomClient {
  apps: App[]
  suiteId: string | null
}

export function wecomClientOf(world: World, appid: string): WecomClient | undefined {
  const { list, provider } = world.apps
  const suite = provider.suites.find(({ id, kind }) => id === appid && kind === 'thirdparty')
  if (suite) return { apps: list.filter(({ suiteId }) => suiteId === appid), suiteId: appid }
  const apps = list.filter(
    (app) => app.mode !== 'thirdparty' && idsOf(world, app).corp(app.corpId) === appid,
  )
  return apps.length > 0 ? { apps, suiteId: null } : undefined
}

/** WW-91022, for third-party suites WW-91120. */
export function authorizeWecom(
  world: World,
  { apps, suiteId }: WecomClient,
  webview: WebviewRecord,
  { query, allow }: Ask,
): AuthorizeAnswer {
  const { agentid, state = '', redirect_uri: target = '' } = query
  const scopes =
    suiteId === null
      ? ['snsapi_base', 'snsapi_privateinfo']
      : ['snsapi_base', 'snsapi_userinfo', 'snsapi_privateinfo']
  if (!scopes.includes(query.scope ?? '')) return { error: 'Scope 参数错误或没有 Scope 权限' }
  const meant = agentid === undefined ? apps : apps.filter((app) => app.agentId === agentid)
  if (meant.length === 0) return { error: suiteId === null ? 'agentid 参数错误' : '应用未安装' }
  const redirectHost = hostOf(target)
  // Without an agentid the app is the one that trusts the domain.
  const app = meant.find(
    (one) => redirectHost !== undefined && isTrustedHost(world, one, redirectHost),
  )
  if (!app || redirectHost === undefined) return { error: 'redirect_uri 参数错误' }
  const member = webview.device === 'wecom' ? findMember(world, webview.userId) : undefined
  if (member && !mayEnter(world, app, member, agentid !== undefined || isFromChat(webview))) {
    const note = `${member.name} 没有“${app.name}”的有效接口许可。服务商激活许可后，重新打开即可使用。`
    return { error: '请联系服务商开通许可账号', note }
  }
  const scope = scopeFor(app, member, query.scope ?? '', agentid !== undefined || suiteId !== null)
  if (member && scope === 'snsapi_privateinfo' && !hasConsented(world, app, member)) {
    if (allow === undefined)
      return {
        consent: {
          name: member.name,
          avatarUrl: avatarUrl(world, member.id),
          says: `${app.name} 申请获取你的头像、性别、手机号、邮箱`,
        },
      }
    if (!allow) return { redirect: withQuery(target, { state }) }
    world.apps.consents[`${app.key} ${member.id}`] = now(world) + thirtyDays
  }
  const code = issueCode(world, {
    kind: 'wecom',
    owner: suiteId ?? app.key,
    userId: webview.userId,
    scope,
    redirectHost,
  })
  return { redirect: withQuery(target, { code, state }) }
}

/** More than snsapi_base is for members in the visible range of a named app. */
function scopeFor(
  app: App,
  member: SceneMember | undefined,
  wanted: string,
  isNamed: boolean,
): string {
  return member && isNamed && isVisible(app, member) ? wanted : 'snsapi_base'
}

/** WW-91022: a consent is remembered for thirty days. */
function hasConsented(world: World, app: App, member: SceneMember): boolean {
  return (world.apps.consents[`${app.key} ${member.id}`] ?? 0) > now(world)
}

/** Opening the app from a chat may activate an account, as its agentid does (WW-91022). */
function isFromChat({ entry }: WebviewRecord): boolean {
  return entry !== null && entry !== 'normal'
}
