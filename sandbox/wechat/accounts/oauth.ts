import { findGrant, grant, secondsLeft, stateOf } from '../../state/grants.ts'
import { keepNewest } from '../../state/forget.ts'
import { findCustomer, makeSecret, now, type Grant, type World } from '../../state/world.ts'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { accountOf, findAccount } from './accounts.ts'
import { findByOpenid, openidOf, snapshotIdentity } from './openids.ts'
import { spend } from './spend.ts'
import { hasRight, invalidCredential, unauthorized } from './tokens.ts'
import { avatarUrl } from '../../state/find.ts'

const thirtyDays = 30 * 86_400_000

export const oauthMethods: Method[] = [
  { method: 'GET', path: '/sns/oauth2/access_token', handle: codeToAccessToken },
  { method: 'GET', path: '/sns/oauth2/refresh_token', handle: refreshToken },
  { method: 'GET', path: '/sns/auth', handle: checkAccessToken },
  { method: 'GET', path: '/sns/userinfo', handle: getUserInfo },
]

/**
 * Web sign-in of a verified service account. The page gives the unionid only with snsapi_userinfo
 * (platform.md §13).
 */
function codeToAccessToken(world: World, call: Upstream): Reply {
  return exchangeCode(world, accountOf(world, call.query.appid, call.query.secret).appid, call)
}

/** For the account itself or its third-party platform. */
export function exchangeCode(world: World, appid: string, { query }: Upstream): Reply {
  const official = world.official.accounts.find((one) => one.appid === appid)
  if (!official) throw new Refusal(40013, 'invalid appid')
  if (!hasRight(official, 'service')) throw unauthorized()
  if (!query.code) throw new Refusal(41008, 'missing code')
  if (query.grant_type !== 'authorization_code') throw new Refusal(40002, 'invalid grant_type')
  const { customer, scope } = spend(world, 'official', appid, query.code)
  const isSnapshot = scope === 'snsapi_userinfo' && world.accounts.snapshotUsers.has(customer.id)
  const { openid, unionid } = isSnapshot
    ? snapshotIdentity(world, appid, customer)
    : { openid: openidOf(world, appid, customer), unionid: customer.unionid }
  return {
    ...giveTokens(world, appid, openid, scope),
    ...(isSnapshot && { is_snapshotuser: 1 }),
    ...(scope === 'snsapi_userinfo' && { unionid }),
  }
}

function giveTokens(
  world: World,
  appid: string,
  openid: string,
  scope: string,
  renewed?: { value: string; expiresAt: number },
): Reply {
  const { value: refresh, expiresAt } = renewed ?? {
    value: makeSecret(88),
    expiresAt: now(world) + thirtyDays,
  }
  const token = grant(world, 'wechat.oauth', appid, 88, { openid, scope })
  world.accounts.refreshTokens.set(refresh, { appid, openid, scope, expiresAt })
  keepNewest(world.accounts.refreshTokens)
  return {
    access_token: token.value,
    expires_in: secondsLeft(world, token),
    refresh_token: refresh,
    openid,
    scope,
  }
}

/** A new access token for thirty days after the sign-in; no secret is asked for. */
function refreshToken(world: World, call: Upstream): Reply {
  const { appid } = call.query
  if (!appid) throw new Refusal(41002, 'appid missing')
  if (!findAccount(world, appid)) throw new Refusal(40013, 'invalid appid')
  return renewTokens(world, appid, call)
}

/** For the account itself or its third-party platform. */
export function renewTokens(world: World, appid: string, { query }: Upstream): Reply {
  if (query.grant_type !== 'refresh_token') throw new Refusal(40002, 'invalid grant_type')
  if (!query.refresh_token) throw new Refusal(41003, 'refresh_token missing')
  const known = world.accounts.refreshTokens.get(query.refresh_token)
  if (known?.appid !== appid) throw new Refusal(40030, 'invalid refresh_token')
  if (now(world) >= known.expiresAt) throw new Refusal(42002, 'refresh_token expired')
  return giveTokens(world, known.appid, known.openid, known.scope, {
    value: query.refresh_token,
    expiresAt: known.expiresAt,
  })
}

function checkAccessToken(world: World, { query }: Upstream): Reply {
  const token = authorizeUser(world, query.access_token)
  if (token.openid !== query.openid) throw new Refusal(40003, 'invalid openid')
  return { errcode: 0, errmsg: 'ok' }
}

function getUserInfo(world: World, { query }: Upstream): Reply {
  const token = authorizeUser(world, query.access_token)
  if (token.scope !== 'snsapi_userinfo') throw unauthorized()
  if (!query.openid || token.openid !== query.openid) throw new Refusal(40003, 'invalid openid')
  const customer = findByOpenid(world, token.owner, query.openid)
  if (customer)
    return profile(query.openid, customer.name, avatarUrl(world, customer.id), customer.unionid)
  const seen = snapshotUser(world, token.owner, query.openid)
  if (!seen) throw new Refusal(40003, 'invalid openid')
  return profile(query.openid, '微信用户', '', snapshotIdentity(world, token.owner, seen).unionid)
}

function snapshotUser(world: World, appid: string, openid: string): SceneCustomer | undefined {
  return [...world.accounts.snapshotUsers]
    .flatMap((id) => findCustomer(world, id) ?? [])
    .find((one) => snapshotIdentity(world, appid, one).openid === openid)
}

/** Gender and region are empty since 2021-10-20. */
function profile(openid: string, nickname: string, headimgurl: string, unionid: string): Reply {
  return {
    openid,
    nickname,
    sex: 0,
    province: '',
    city: '',
    country: '',
    headimgurl,
    privilege: [],
    unionid,
  }
}

function authorizeUser(world: World, value: string | undefined): Grant {
  if (!value) throw new Refusal(41001, 'access_token missing')
  const token = findGrant(world, ['wechat.oauth'], value)
  if (!token || stateOf(world, token) === 'revoked') throw invalidCredential()
  if (stateOf(world, token) === 'expired') throw new Refusal(42001, 'access_token expired')
  return token
}
