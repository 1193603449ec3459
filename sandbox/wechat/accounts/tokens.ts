import {
  currentGrant,
  findGrant,
  grant,
  lengths,
  recentCalls,
  secondsLeft,
  stateOf,
  within,
} from '../../state/grants.ts'
import { now, type Grant, type World } from '../../state/world.ts'
import { flagField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { OfficialAccountRecord } from '../official/state.ts'
import { requireSet } from '../open/sets.ts'
import { accountOf, type Account } from './accounts.ts'
import { countUse } from './quota.ts'

const day = 86_400_000
const fiveMinutes = 300_000

export const tokenMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/token', handle: getToken },
  { method: 'POST', path: '/cgi-bin/stable_token', handle: getStableToken },
  { method: 'GET', path: '/cgi-bin/ticket/getticket', handle: getTicket },
]

/**
 * A new call invalidates the old token, which still works for five minutes. No errcode on success.
 */
function getToken(world: World, call: Upstream): Reply {
  const { query } = call
  if (query.grant_type !== 'client_credential') throw new Refusal(40002, 'invalid grant_type')
  const { appid } = admit(world, call, accountOf(world, query.appid, query.secret))
  const old = currentGrant(world, 'wechat.token', appid)
  if (old) old.expiresAt = Math.min(old.expiresAt, now(world) + fiveMinutes)
  const token = grant(world, 'wechat.token', appid, lengths.wechatToken)
  return { access_token: token.value, expires_in: secondsLeft(world, token) }
}

/**
 * The same token until five minutes before its end; `force_refresh` kills the old one at once, 20
 * times a day, 30 seconds apart.
 */
function getStableToken(world: World, call: Upstream): Reply {
  if (call.body === null) throw new Refusal(43002, 'require POST method')
  if (textField(call, 'grant_type') !== 'client_credential')
    throw new Refusal(40002, 'invalid grant_type')
  const { appid } = admit(
    world,
    call,
    accountOf(world, textField(call, 'appid'), textField(call, 'secret')),
  )
  const old = currentGrant(world, 'wechat.stable-token', appid)
  if (flagField(call, 'force_refresh')) {
    const counter = `stable_token:force:${appid}`
    if (recentCalls(world, counter, 30_000).length > 0)
      throw new Refusal(45011, 'api minute-quota reach limit, must slower, retry next minute')
    if (!within(world, counter, 20, day))
      throw new Refusal(45009, 'reach max api daily quota limit')
    if (old) old.revoked = true
  } else if (old && old.expiresAt - now(world) > fiveMinutes) {
    return { access_token: old.value, expires_in: secondsLeft(world, old) }
  }
  const token = grant(world, 'wechat.stable-token', appid, lengths.wechatToken)
  return { access_token: token.value, expires_in: secondsLeft(world, token) }
}

/** Who asks for a token must call from an address of the account's IP allow-list. */
function admit(world: World, { ip, path }: Upstream, account: Account): Account {
  const allowed = world.accounts.allowedIps.get(account.appid)
  if (allowed && !allowed.includes(ip))
    throw new Refusal(40164, `invalid ip ${ip} ipv6 ::ffff:${ip}, not in whitelist`)
  countUse(world, account.appid, path)
  return account
}

function getTicket(world: World, call: Upstream): Reply {
  const { appid } = officialOf(world, call, 'any')
  if (call.query.type !== 'jsapi') throw new Refusal(40097, 'invalid args')
  const ticket =
    currentGrant(world, 'wechat.ticket', appid) ??
    grant(world, 'wechat.ticket', appid, lengths.ticket)
  return { errcode: 0, errmsg: 'ok', ticket: ticket.value, expires_in: secondsLeft(world, ticket) }
}

/** The grant of the account whose token a call carries. Counts the call. */
export function authorize(world: World, { query, path }: Upstream): Grant {
  if (!query.access_token) throw new Refusal(41001, 'access_token missing')
  const token = findGrant(
    world,
    ['wechat.token', 'wechat.stable-token', 'wechat.authorizer-token'],
    query.access_token,
  )
  if (!token)
    throw isForeign(world, query.access_token)
      ? new Refusal(40014, 'invalid access_token')
      : invalidCredential()
  const state = stateOf(world, token)
  if (state === 'expired') throw new Refusal(42001, 'access_token expired')
  if (state === 'revoked') throw invalidCredential()
  if (token.kind === 'wechat.authorizer-token') requireSet(world, token, path)
  countUse(world, token.owner, path)
  return token
}

export function invalidCredential(): Refusal {
  return new Refusal(40001, 'invalid credential, access_token is invalid or not latest')
}

/** A token of something else: of the web sign-in, of a component, of WeCom. */
function isForeign(world: World, value: string): boolean {
  return world.grants.some((one) => one.value === value)
}

/** For methods that only a mini program has. */
export function miniprogramOf(world: World, call: Upstream): World['scene']['miniprogram'] {
  const { owner } = authorize(world, call)
  if (owner !== world.scene.miniprogram.appid) throw unauthorized()
  return world.scene.miniprogram
}

/**
 * What a method asks of an official account: nothing, the yearly verification (微信认证), or to be
 * a verified service account.
 */
type Right = 'any' | 'verified' | 'service'

/** For methods that only official accounts have. */
export function officialOf(world: World, call: Upstream, right: Right): OfficialAccountRecord {
  const { owner } = authorize(world, call)
  const account = world.official.accounts.find(({ appid }) => appid === owner)
  if (!account || !hasRight(account, right)) throw unauthorized()
  return account
}

export function hasRight({ kind, isVerified }: OfficialAccountRecord, right: Right): boolean {
  return right === 'any' || (isVerified && (right === 'verified' || kind === 'service'))
}

export function unauthorized(): Refusal {
  return new Refusal(48001, 'api unauthorized')
}
