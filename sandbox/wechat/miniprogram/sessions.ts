import { createHash, createHmac, randomBytes } from 'node:crypto'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { within } from '../../state/grants.ts'
import { now, type World } from '../../state/world.ts'
import { accountOf } from '../accounts/accounts.ts'
import { findByOpenid } from '../accounts/openids.ts'
import { spend } from '../accounts/spend.ts'
import { miniprogramOf } from '../accounts/tokens.ts'
import type { Session } from './state.ts'

export const sessionMethods: Method[] = [
  { method: 'GET', path: '/sns/jscode2session', handle: codeToSession },
  { method: 'GET', path: '/wxa/checksession', handle: checkSession },
  { method: 'GET', path: '/wxa/resetusersessionkey', handle: resetSession },
  { method: 'POST', path: '/wxa/business/getuserencryptkey', handle: getEncryptKeys },
]

const minute = 60_000
const mostLoginsInMinute = 100

/**
 * wx.login's code: five minutes, once. The unionid comes because the mini program is bound to an
 * open-platform account.
 */
function codeToSession(world: World, call: Upstream): Reply {
  const account = accountOf(world, call.query.appid, call.query.secret)
  if (account.kind !== 'miniprogram') throw new Refusal(40013, 'invalid appid')
  return sessionOf(world, account.appid, call)
}

/** For the account itself or its third-party platform. */
export function sessionOf(world: World, appid: string, { query }: Upstream): Reply {
  if (!query.js_code) throw new Refusal(41008, 'code missing')
  if (query.grant_type !== 'authorization_code') throw new Refusal(40002, 'invalid grant_type')
  const userId = world.codes.get(query.js_code)?.userId
  if (userId !== undefined && world.miniprogram.riskyUsers.has(userId))
    throw new Refusal(40226, 'code blocked')
  if (userId !== undefined && !within(world, `login ${userId}`, mostLoginsInMinute, minute))
    throw new Refusal(45011, 'api minute-quota reach limit, must slower, retry next minute')
  const { customer } = spend(world, 'miniprogram', appid, query.js_code)
  return {
    session_key: logIn(world, customer).key,
    openid: customer.miniprogramOpenid,
    unionid: customer.unionid,
  }
}

/**
 * A login soon after another does not change the key (checkSessionKey's page promises no lifetime).
 */
export function logIn(world: World, customer: SceneCustomer): Session {
  const { key } = world.miniprogram.sessions.get(customer.id) ?? { key: firstKey(customer) }
  const session = { key, at: now(world) }
  world.miniprogram.sessions.set(customer.id, session)
  return session
}

/** 16 bytes in base64, the same for a user until it is reset. */
function firstKey(customer: SceneCustomer): string {
  return createHash('md5').update(`session ${customer.miniprogramOpenid}`).digest('base64')
}

function checkSession(world: World, call: Upstream): Reply {
  signedUser(world, call)
  return { errcode: 0, errmsg: 'ok' }
}

function resetSession(world: World, call: Upstream): Reply {
  const { customer, session } = signedUser(world, call)
  const key = randomBytes(16).toString('base64')
  world.miniprogram.sessions.set(customer.id, { ...session, key })
  return { errcode: 0, errmsg: 'ok', openid: customer.miniprogramOpenid, session_key: key }
}

/** The user of a call whose `signature` is the HMAC of an empty text under the session key. */
function signedUser(world: World, call: Upstream): { customer: SceneCustomer; session: Session } {
  const { appid } = miniprogramOf(world, call)
  const { openid = '', signature, sig_method: method } = call.query
  const customer = findByOpenid(world, appid, openid)
  if (!customer) throw new Refusal(40003, 'invalid openid')
  if (method !== 'hmac_sha256') throw new Refusal(63003, 'invalid signature method')
  const session = world.miniprogram.sessions.get(customer.id)
  if (!session) throw new Refusal(87007, 'session_key is not existed or expired')
  if (signature !== createHmac('sha256', session.key).update('').digest('hex'))
    throw new Refusal(87009, 'invalid signature')
  return { customer, session }
}

const hour = 3_600_000

/** A new key each hour; the two before it are told too, so that late data can be read. */
function getEncryptKeys(world: World, call: Upstream): Reply {
  const { customer } = signedUser(world, call)
  const slot = Math.floor(now(world) / hour)
  const keys = [slot, slot - 1, slot - 2].map((one) => {
    const bytes = createHmac('sha256', `encrypt ${one}`).update(customer.miniprogramOpenid).digest()
    return {
      encrypt_key: bytes.subarray(0, 16).toString('base64'),
      iv: bytes.subarray(16, 24).toString('hex'),
      version: one % 1_000_000,
      expire_in: one === slot ? Math.ceil(((slot + 1) * hour - now(world)) / 1000) : 0,
      create_time: (one * hour) / 1000,
    }
  })
  return { errcode: 0, errmsg: 'ok', key_info_list: keys }
}
