import { Refusal, type Upstream } from '../../platform/method.ts'
import { textField } from '../../platform/fields.ts'
import { findGrant, stateOf } from '../../state/grants.ts'
import { providerIdsOf, type Ids } from '../../state/ids.ts'
import type { World } from '../../state/world.ts'
import type { App } from './state.ts'
import type { Suite } from '../../scenes/scene.ts'

/** A call of a template or suite with its suite_access_token. */
export function authorizeSuite(world: World, { query }: Upstream): Suite {
  if (!query.suite_access_token) throw new Refusal(41022, 'suite_access_token missing')
  const token = findGrant(world, ['wecom.suite-token'], query.suite_access_token)
  const suite = world.apps.provider.suites.find(({ id }) => id === token?.owner)
  if (!token || !suite) throw new Refusal(40082, 'invalid suite_token')
  const state = stateOf(world, token)
  if (state === 'expired') throw new Refusal(42009, 'suite_access_token expired')
  if (state === 'revoked') throw new Refusal(40082, 'invalid suite_token')
  return suite
}

/** A call of the provider itself with its provider_access_token. */
export function authorizeProvider(world: World, { query }: Upstream): Ids {
  if (!query.provider_access_token) throw new Refusal(41001, 'access_token missing')
  const token = findGrant(world, ['wecom.provider-token'], query.provider_access_token)
  if (!token || stateOf(world, token) === 'revoked')
    throw new Refusal(40014, 'invalid access_token')
  if (stateOf(world, token) === 'expired') throw new Refusal(42001, 'access_token expired')
  return providerIdsOf(world)
}

/**
 * The app that the corp of `auth_corpid` installed from the suite; its permanent code must be
 * right.
 */
export function installedApp(world: World, call: Upstream, suite: Suite): App {
  const corpId = textField(call, 'auth_corpid', { missing: [41002, 'corpid missing'] })
  const code = textField(call, 'permanent_code', { missing: [41025, 'permanent_code missing'] })
  const app = appOfCorp(world, suite, corpId)
  if (app.secret === '' || app.secret !== code) throw new Refusal(40084, 'invalid permanent_code')
  return app
}

export function appOfCorp(world: World, suite: Suite, corpId: string): App {
  const app = world.apps.list.find(
    (one) => one.suiteId === suite.id && providerIdsOf(world).corp(one.corpId) === corpId,
  )
  if (!app) throw new Refusal(40013, 'invalid corpid')
  return app
}
