import { createHash } from 'node:crypto'
import { avatarUrl } from '../../state/describe.ts'
import { findGrant, grant, secondsLeft, spendCode, stateOf } from '../../state/grants.ts'
import { findCustomer, makeSecret, type Code, type World } from '../../state/world.ts'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { accountOf } from './accounts.ts'
import { authorize } from './tokens.ts'

export const userMethods: Method[] = [
  { method: 'GET', path: '/sns/jscode2session', handle: codeToSession },
  { method: 'GET', path: '/sns/oauth2/access_token', handle: codeToAccessToken },
  { method: 'GET', path: '/sns/userinfo', handle: getUserInfo },
  { method: 'GET', path: '/cgi-bin/user/info', handle: getFan },
]

/** wx.login's code: five minutes, once. The unionid comes because the mini program is bound to an open-platform account. */
function codeToSession(world: World, { query }: Upstream): Reply {
  const account = accountOf(world, query.appid, query.secret)
  if (account.kind !== 'miniprogram') throw new Refusal(40013, 'invalid appid')
  if (!query.js_code) throw new Refusal(41008, 'code missing')
  if (query.grant_type !== 'authorization_code') throw new Refusal(40002, 'invalid grant_type')
  const customer = spend(world, 'miniprogram', account.appid, query.js_code).customer
  return { session_key: makeSessionKey(customer), openid: customer.miniprogramOpenid, unionid: customer.unionid }
}

/** Web sign-in of the official account. The page gives the unionid only with snsapi_userinfo (platform.md §13). */
function codeToAccessToken(world: World, { query }: Upstream): Reply {
  const account = accountOf(world, query.appid, query.secret)
  if (account.kind !== 'official') throw new Refusal(40013, 'invalid appid')
  if (!query.code) throw new Refusal(41008, 'missing code')
  if (query.grant_type !== 'authorization_code') throw new Refusal(40002, 'invalid grant_type')
  const { customer, scope } = spend(world, 'official', account.appid, query.code)
  const token = grant(world, 'wechat.oauth', account.appid, 88, { openid: customer.officialOpenid, scope })
  return {
    access_token: token.value,
    expires_in: secondsLeft(world, token),
    refresh_token: makeSecret(88),
    openid: customer.officialOpenid,
    scope,
    ...(scope === 'snsapi_userinfo' && { unionid: customer.unionid }),
  }
}

function getUserInfo(world: World, { query }: Upstream): Reply {
  const token = findGrant(world, ['wechat.oauth'], query.access_token ?? '')
  if (!token || stateOf(world, token) === 'revoked') throw new Refusal(40001, 'invalid credential, access_token is invalid or not latest')
  if (stateOf(world, token) === 'expired') throw new Refusal(42001, 'access_token expired')
  if (token.scope !== 'snsapi_userinfo') throw new Refusal(48001, 'api unauthorized')
  const customer = world.customers.find(({ officialOpenid }) => officialOpenid === query.openid)
  if (!customer || token.openid !== query.openid) throw new Refusal(40003, 'invalid openid')
  // Gender and region are empty since 2021-10-20.
  const { officialOpenid, name, unionid } = customer
  return {
    openid: officialOpenid,
    nickname: name,
    sex: 0,
    province: '',
    city: '',
    country: '',
    headimgurl: avatarUrl(world, customer.id),
    privilege: [],
    unionid,
  }
}

/** A follower's unionid; for anybody else `subscribe: 0` and nothing more. */
function getFan(world: World, call: Upstream): Reply {
  const { owner } = authorize(world, call)
  if (owner !== world.scene.officialAccount.appid) throw new Refusal(48001, 'api unauthorized')
  const { openid } = call.query
  if (!openid) throw new Refusal(41009, 'missing openid')
  const customer = world.customers.find(({ officialOpenid }) => officialOpenid === openid)
  if (!customer) throw new Refusal(40003, 'invalid openid')
  if (!customer.subscribed) return { subscribe: 0, openid }
  return {
    subscribe: 1,
    openid,
    language: 'zh_CN',
    subscribe_time: Math.floor(world.setAt / 1000) - 60 * 86_400,
    unionid: customer.unionid,
    remark: '',
    groupid: 0,
    tagid_list: [],
    subscribe_scene: 'ADD_SCENE_QR_CODE',
    qr_scene: 0,
    qr_scene_str: '',
  }
}

function spend(world: World, kind: Code['kind'], appid: string, value: string): { customer: SceneCustomer; scope: string } {
  const code = spendCode(world, kind, appid, value)
  if (code === 'unknown') throw new Refusal(40029, 'invalid code')
  if (code === 'used') throw new Refusal(40163, 'code been used')
  if (code === 'expired') throw kind === 'official' ? new Refusal(42003, 'oauth_code expired') : new Refusal(40029, 'invalid code')
  const customer = findCustomer(world, code.userId)
  if (!customer) throw new Refusal(40029, 'invalid code')
  return { customer, scope: code.scope }
}

/** 16 bytes in base64, the same for a user until a new scene. */
function makeSessionKey(customer: SceneCustomer): string {
  return createHash('md5').update(`session ${customer.miniprogramOpenid}`).digest('base64')
}
