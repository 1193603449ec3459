import { textField } from '../../platform/fields.ts'
import { Refusal, type Upstream } from '../../platform/method.ts'
import { findGrant, stateOf } from '../../state/grants.ts'
import type { Grant, World } from '../../state/world.ts'
import { authorize } from '../accounts/tokens.ts'
import type { Component, Program } from './state.ts'

export function findComponent(world: World, appid: string | undefined): Component | undefined {
  return world.open.components.find((one) => one.appid === appid)
}

/** The platform that an appid and secret in the body name. */
export function componentOf(
  world: World,
  call: Upstream,
  secretName: 'component_appsecret' | 'component_secret',
): Component {
  const appid = textField(call, 'component_appid', { missing: [41002, 'appid missing'] })
  const secret = textField(call, secretName, { missing: [41004, 'appsecret missing'] })
  const component = findComponent(world, appid)
  if (!component) throw new Refusal(61011, 'invalid component')
  if (component.allowedIps && !component.allowedIps.includes(call.ip))
    throw new Refusal(61004, 'access clientip is not registered')
  if (component.secret !== secret) throw new Refusal(40125, 'invalid appsecret')
  return component
}

/**
 * The platform whose component_access_token a call carries, under its new or its former name in the
 * query.
 */
export function authorizeComponent(world: World, call: Upstream): Component {
  const value = call.query.access_token ?? call.query.component_access_token
  if (!value) throw new Refusal(41001, 'access_token missing')
  const token = findGrant(world, ['wechat.component-token'], value)
  const isOther = !token && world.grants.some((one) => one.value === value)
  if (isOther) throw new Refusal(61014, 'must use component token for component api')
  if (!token || stateOf(world, token) === 'revoked')
    throw new Refusal(40001, 'invalid credential, access_token is invalid or not latest')
  if (stateOf(world, token) === 'expired') throw new Refusal(42001, 'access_token expired')
  const component = findComponent(world, token.owner)
  const named = call.body?.component_appid ?? call.query.component_appid
  if (!component || (named !== undefined && named !== component.appid))
    throw new Refusal(40013, 'invalid appid')
  return component
}

/**
 * The authorizer token of a call; methods that only third-party platforms have refuse an account's
 * own.
 */
export function authorizeAgent(world: World, call: Upstream): Grant {
  const token = authorize(world, call)
  if (token.kind !== 'wechat.authorizer-token')
    throw new Refusal(86000, 'should be called only from third party')
  return token
}

/** The mini program that a third-party platform works on. */
export function programOf(world: World, call: Upstream): Program {
  const { owner } = authorizeAgent(world, call)
  const program = world.open.programs.find(({ appid }) => appid === owner)
  if (!program) throw new Refusal(48001, 'api unauthorized')
  return program
}

/** The platform on whose behalf the call is made. */
export function agentOf(world: World, call: Upstream): Component {
  const component = findComponent(world, authorizeAgent(world, call).component)
  if (!component) throw new Refusal(61011, 'invalid component')
  return component
}

/** Numbers of audits and applications. */
export function nextNumber(world: World): number {
  world.open.lastNumber += 1
  return world.open.lastNumber
}

export const done = { errcode: 0, errmsg: 'ok' }
