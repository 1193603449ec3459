import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { findAccount } from '../accounts/accounts.ts'
import { exchangeCode, renewTokens } from '../accounts/oauth.ts'
import { sessionOf } from '../miniprogram/sessions.ts'
import { findAuthorization } from './authorizations.ts'
import { authorizeComponent } from './components.ts'

/**
 * Signing users in for an account: as the account itself does it, with the platform's token in the
 * secret's place.
 */
export const signInMethods: Method[] = [
  { method: 'GET', path: '/sns/component/jscode2session', handle: codeToSession },
  { method: 'GET', path: '/sns/oauth2/component/access_token', handle: codeToAccessToken },
  { method: 'GET', path: '/sns/oauth2/component/refresh_token', handle: refreshAccessToken },
]

function codeToSession(world: World, call: Upstream): Reply {
  return sessionOf(world, accountFor(world, call, 'miniprogram'), call)
}

function codeToAccessToken(world: World, call: Upstream): Reply {
  return exchangeCode(world, accountFor(world, call, 'official'), call)
}

function refreshAccessToken(world: World, call: Upstream): Reply {
  return renewTokens(world, accountFor(world, call, 'official'), call)
}

/**
 * The account must have authorized the platform of the token; `component_appid` must be that
 * platform's.
 */
function accountFor(world: World, call: Upstream, kind: 'miniprogram' | 'official'): string {
  const { query } = call
  if (!query.appid) throw new Refusal(41002, 'appid missing')
  const value = query.component_access_token ?? query.access_token
  const component = authorizeComponent(world, {
    ...call,
    query: { ...query, ...(value !== undefined && { access_token: value }) },
  })
  const account = findAccount(world, query.appid)
  if (account?.kind !== kind) throw new Refusal(40013, 'invalid appid')
  if (!findAuthorization(world, component.appid, account.appid))
    throw new Refusal(61003, 'component is not authorized by this account')
  return account.appid
}
