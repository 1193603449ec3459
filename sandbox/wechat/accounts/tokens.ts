import { currentGrant, findGrant, grant, lengths, recentCalls, secondsLeft, stateOf, within } from '../../state/grants.ts'
import { now, type Grant, type World } from '../../state/world.ts'
import { flagField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { accountOf } from './accounts.ts'

const day = 86_400_000
const fiveMinutes = 300_000

export const tokenMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/token', handle: getToken },
  { method: 'POST', path: '/cgi-bin/stable_token', handle: getStableToken },
  { method: 'GET', path: '/cgi-bin/ticket/getticket', handle: getTicket },
]

/** A new call invalidates the old token, which still works for five minutes. No errcode on success. */
function getToken(world: World, { query }: Upstream): Reply {
  if (query.grant_type !== 'client_credential') throw new Refusal(40002, 'invalid grant_type')
  const { appid } = accountOf(world, query.appid, query.secret)
  const old = currentGrant(world, 'wechat.token', appid)
  if (old) old.expiresAt = Math.min(old.expiresAt, now(world) + fiveMinutes)
  const token = grant(world, 'wechat.token', appid, lengths.wechatToken)
  return { access_token: token.value, expires_in: secondsLeft(world, token) }
}

/** The same token until five minutes before its end; `force_refresh` kills the old one at once, 20 times a day, 30 seconds apart. */
function getStableToken(world: World, call: Upstream): Reply {
  if (call.body === null) throw new Refusal(43002, 'require POST method')
  if (textField(call, 'grant_type') !== 'client_credential') throw new Refusal(40002, 'invalid grant_type')
  const { appid } = accountOf(world, textField(call, 'appid'), textField(call, 'secret'))
  const old = currentGrant(world, 'wechat.stable-token', appid)
  if (flagField(call, 'force_refresh')) {
    const counter = `stable_token:force:${appid}`
    if (recentCalls(world, counter, 30_000).length > 0)
      throw new Refusal(45011, 'api minute-quota reach limit, must slower, retry next minute')
    if (!within(world, counter, 20, day)) throw new Refusal(45009, 'reach max api daily quota limit')
    if (old) old.revoked = true
  } else if (old && old.expiresAt - now(world) > fiveMinutes) {
    return { access_token: old.value, expires_in: secondsLeft(world, old) }
  }
  const token = grant(world, 'wechat.stable-token', appid, lengths.wechatToken)
  return { access_token: token.value, expires_in: secondsLeft(world, token) }
}

function getTicket(world: World, call: Upstream): Reply {
  const { owner } = authorize(world, call)
  if (owner !== world.scene.officialAccount.appid) throw new Refusal(48001, 'api unauthorized')
  if (call.query.type !== 'jsapi') throw new Refusal(40097, 'invalid args')
  const ticket = currentGrant(world, 'wechat.ticket', owner) ?? grant(world, 'wechat.ticket', owner, lengths.ticket)
  return { errcode: 0, errmsg: 'ok', ticket: ticket.value, expires_in: secondsLeft(world, ticket) }
}

/** The account whose token a call carries. */
export function authorize(world: World, { query }: Upstream): Grant {
  if (!query.access_token) throw new Refusal(41001, 'access_token missing')
  const token = findGrant(world, ['wechat.token', 'wechat.stable-token'], query.access_token)
  if (!token) throw new Refusal(40001, 'invalid credential, access_token is invalid or not latest')
  const state = stateOf(world, token)
  if (state === 'expired') throw new Refusal(42001, 'access_token expired')
  if (state === 'revoked') throw new Refusal(40001, 'invalid credential, access_token is invalid or not latest')
  return token
}
