import { issueCode } from '../state/grants.ts'
import { findCustomer, type WebviewRecord, type World } from '../state/world.ts'
import { hasRight } from '../wechat/accounts/tokens.ts'
import { hostOf } from '../wecom/apps/trusted.ts'
import { withQuery } from './with-query.ts'
import type { Ask, AuthorizeAnswer } from './authorize-answer.ts'
import { avatarUrl } from '../state/find.ts'

/** offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html */
export function authorizeOfficial(
  world: World,
  { userId }: WebviewRecord,
  { query, allow }: Ask,
): AuthorizeAnswer {
  const account = world.official.accounts.find((one) => one.appid === query.appid)
  const scope = ['snsapi_base', 'snsapi_userinfo'].find((one) => one === query.scope)
  // Only verified service accounts have these scopes.
  if (!account || !scope || !hasRight(account, 'service'))
    return { error: 'Scope 参数错误或没有 Scope 权限' }
  const { appid, name } = account
  const target = query.redirect_uri ?? ''
  const state = query.state ?? ''
  const redirectHost = hostOf(target)
  if (!redirectHost || !world.trustedHosts.includes(redirectHost))
    return { error: 'redirect_uri 参数错误' }
  const customer = findCustomer(world, userId)
  if (scope === 'snsapi_userinfo' && customer) {
    if (allow === undefined)
      return {
        consent: {
          name: customer.name,
          avatarUrl: avatarUrl(world, customer.id),
          says: `${name} 申请获取你的昵称、头像`,
        },
      }
    // Who refuses comes back without a code (official page of the web sign-in).
    if (!allow) return { redirect: withQuery(target, { state }) }
  }
  return {
    redirect: withQuery(target, {
      code: issueCode(world, { kind: 'official', owner: appid, userId, scope, redirectHost }),
      state,
    }),
  }
}
