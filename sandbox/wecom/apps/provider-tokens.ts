import { textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { ok } from '../access.ts'
import { authorizeProvider, authorizeSuite, installedApp } from './provider-access.ts'
import { isGoodTicket } from './suite-tickets.ts'
import { tokenOf } from './tokens.ts'

export const providerTokenMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/service/get_provider_token', handle: getProviderToken },
  { method: 'POST', path: '/cgi-bin/service/get_suite_token', handle: getSuiteToken },
  { method: 'POST', path: '/cgi-bin/service/get_corp_token', handle: getCorpToken },
  { method: 'POST', path: '/cgi-bin/service/corpid_to_opencorpid', handle: convertCorpId },
]

/** WW-91200. Without errcode when it goes well. */
function getProviderToken(world: World, call: Upstream): Reply {
  const { provider } = world.apps
  const corpId = textField(call, 'corpid', { missing: [41002, 'corpid missing'] })
  const secret = textField(call, 'provider_secret', { missing: [41004, 'secret missing'] })
  if (corpId !== provider.corpId) throw new Refusal(40013, 'invalid corpid')
  if (secret !== provider.secret) throw new Refusal(40001, 'invalid credential')
  const { access_token, expires_in } = tokenOf(world, 'wecom.provider-token', provider.corpId)
  return { provider_access_token: access_token, expires_in }
}

/** WW-90600. Without errcode when it goes well. */
function getSuiteToken(world: World, call: Upstream): Reply {
  const id = textField(call, 'suite_id', { missing: [41021, 'suite_id missing'] })
  const secret = textField(call, 'suite_secret', { missing: [41024, 'suite_secret missing'] })
  const ticket = textField(call, 'suite_ticket', { missing: [41023, 'suite_ticket missing'] })
  const suite = world.apps.provider.suites.find((one) => one.id === id)
  if (!suite) throw new Refusal(40083, 'invalid suite_id')
  if (suite.secret !== secret) throw new Refusal(40080, 'invalid suite_secret')
  if (!isGoodTicket(world, suite, ticket)) throw new Refusal(40085, 'invalid suite_ticket')
  const { access_token, expires_in } = tokenOf(world, 'wecom.suite-token', suite.id)
  return { suite_access_token: access_token, expires_in }
}

/**
 * WW-90605: third-party apps only, and without errcode when it goes well. A customized app calls
 * gettoken (WW-97164).
 */
function getCorpToken(world: World, call: Upstream): Reply {
  const suite = authorizeSuite(world, call)
  if (suite.kind === 'customized') throw new Refusal(48002, 'api forbidden')
  return tokenOf(world, 'wecom.token', installedApp(world, call, suite).key)
}

/** WW-97061. */
function convertCorpId(world: World, call: Upstream): Reply {
  const ids = authorizeProvider(world, call)
  const corpId = textField(call, 'corpid', { missing: [41002, 'corpid missing'] })
  if (corpId !== world.scene.corp.id) throw new Refusal(40013, 'invalid corpid')
  return { ...ok, open_corpid: ids.corp(corpId) }
}
