import { numberField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { grant, secondsLeft } from '../../state/grants.ts'
import { changed, now, type World } from '../../state/world.ts'
import { findAccount, type Account } from '../accounts/accounts.ts'
import { defaultOptions, findAuthorization } from './authorizations.ts'
import { categories } from './categories.ts'
import { authorizeAgent, authorizeComponent, done } from './components.ts'
import { effectiveDomains } from './domains.ts'
import type { Authorization } from './state.ts'
import { permissionSets } from './sets.ts'

export const authorizerMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/component/api_query_auth', handle: queryAuth },
  {
    method: 'POST',
    path: '/cgi-bin/component/api_authorizer_token',
    handle: refreshAuthorizerToken,
  },
  { method: 'POST', path: '/cgi-bin/component/api_get_authorizer_info', handle: getAuthorizerInfo },
  { method: 'POST', path: '/cgi-bin/component/api_get_authorizer_list', handle: listAuthorizers },
  { method: 'POST', path: '/cgi-bin/component/api_get_authorizer_option', handle: getOption },
  { method: 'POST', path: '/cgi-bin/component/api_set_authorizer_option', handle: setOption },
]

/** The code of a redirect or push, once. */
function queryAuth(world: World, call: Upstream): Reply {
  const component = authorizeComponent(world, call)
  const value = textField(call, 'authorization_code', { missing: [61009, 'code is invalid'] })
  const code = world.open.codes.get(value)
  if (!code || code.component !== component.appid || code.used)
    throw new Refusal(61009, 'code is invalid')
  if (now(world) >= code.expiresAt) throw new Refusal(61010, 'code is expired')
  const authorization = findAuthorization(world, component.appid, code.appid)
  if (!authorization) throw new Refusal(61009, 'code is invalid')
  code.used = true
  return {
    authorization_info: {
      authorizer_appid: authorization.appid,
      ...newToken(world, authorization),
      func_info: funcInfo(authorization),
    },
  }
}

function refreshAuthorizerToken(world: World, call: Upstream): Reply {
  const component = authorizeComponent(world, call)
  const authorization = authorizationOf(world, call, component.appid)
  const given = textField(call, 'authorizer_refresh_token', {
    missing: [61023, 'refresh_token is invalid'],
  })
  if (given !== authorization.refreshToken) throw new Refusal(61023, 'refresh_token is invalid')
  return newToken(world, authorization)
}

function newToken(world: World, { component, appid, refreshToken }: Authorization): Reply {
  const token = grant(world, 'wechat.authorizer-token', appid, 157, { component })
  return {
    authorizer_access_token: token.value,
    expires_in: secondsLeft(world, token),
    authorizer_refresh_token: refreshToken,
  }
}

function funcInfo({ sets }: Authorization): Reply[] {
  return sets.map((id) => ({
    funcscope_category: {
      id,
      type: 0,
      name: permissionSets.find((one) => one.id === id)?.name ?? '',
      desc: '',
    },
  }))
}

/**
 * A mini program has MiniProgramInfo, an official account has not: that is how a platform sees what
 * was chosen on the page.
 */
function getAuthorizerInfo(world: World, call: Upstream): Reply {
  const component = authorizeComponent(world, call)
  const authorization = authorizationOf(world, call, component.appid)
  const account = findAccount(world, authorization.appid)
  if (!account) throw new Refusal(40013, 'invalid appid')
  return {
    authorizer_info: describeAccount(world, account),
    authorization_info: {
      authorizer_appid: authorization.appid,
      func_info: funcInfo(authorization),
    },
  }
}

function describeAccount(world: World, { appid, name, originalId, kind }: Account): Reply {
  const program = world.open.programs.find((one) => one.appid === appid)
  const isSubscription = appid === world.scene.wechat.subscription.appid
  return {
    nick_name: name,
    head_img: '',
    service_type_info: { id: kind === 'official' && !isSubscription ? 2 : 0 },
    verify_type_info: { id: 0 },
    user_name: originalId,
    principal_name: world.scene.corp.name,
    alias: '',
    business_info: { open_store: 0, open_scan: 0, open_pay: 0, open_card: 0, open_shake: 0 },
    qrcode_url: '',
    signature: '',
    ...(program && {
      MiniProgramInfo: {
        network: networkOf(effectiveDomains(program), [
          ...program.webviewDomains.third,
          ...program.webviewDomains.direct,
        ]),
        categories: categories.map(({ first_class, second_class }) => ({
          first: first_class,
          second: second_class,
        })),
        visit_status: program.isVisible ? 0 : 1,
      },
    }),
  }
}

function networkOf(domains: ReturnType<typeof effectiveDomains>, pages: string[]): Reply {
  return {
    RequestDomain: domains.requestdomain,
    WsRequestDomain: domains.wsrequestdomain,
    UploadDomain: domains.uploaddomain,
    DownloadDomain: domains.downloaddomain,
    BizDomain: pages,
    UDPDomain: domains.udpdomain,
  }
}

function listAuthorizers(world: World, call: Upstream): Reply {
  const component = authorizeComponent(world, call)
  const offset = numberField(call, 'offset', 0, { least: 0, wrong: [40097, 'invalid args'] })
  const count = numberField(call, 'count', 100, {
    least: 1,
    most: 500,
    wrong: [40097, 'invalid args'],
  })
  const all = world.open.authorizations.filter((one) => one.component === component.appid)
  const list = all.slice(offset, offset + count).map(({ appid, refreshToken, authorizedAt }) => ({
    authorizer_appid: appid,
    refresh_token: refreshToken,
    auth_time: Math.floor(authorizedAt / 1000),
  }))
  return { total_count: all.length, list }
}

const optionValues: Record<string, string[]> = {
  location_report: ['0', '1', '2'],
  voice_recognize: ['0', '1'],
  customer_service: ['0', '1'],
}

function getOption(world: World, call: Upstream): Reply {
  const { appid, options } = optionOwner(world, call)
  const name = optionName(call)
  return {
    authorizer_appid: appid,
    option_name: name,
    option_value: options[name] ?? defaultOptions[name] ?? '',
  }
}

function setOption(world: World, call: Upstream): Reply {
  const { options } = optionOwner(world, call)
  const name = optionName(call)
  const value = textField(call, 'option_value')
  if (!optionValues[name]?.includes(value)) throw new Refusal(61013, 'invalid option value')
  options[name] = value
  changed(world)
  return { ...done }
}

/**
 * The current pages take the authorizer's token, the former ones the platform's with the
 * authorizer's appid in the body.
 */
function optionOwner(world: World, call: Upstream): Authorization {
  if (typeof call.body?.authorizer_appid === 'string')
    return authorizationOf(world, call, authorizeComponent(world, call).appid)
  const token = authorizeAgent(world, call)
  const authorization = findAuthorization(world, token.component ?? '', token.owner)
  if (!authorization) throw notAuthorized()
  return authorization
}

function optionName(call: Upstream): string {
  const name = textField(call, 'option_name')
  if (!Object.hasOwn(optionValues, name)) throw new Refusal(61012, 'invalid option name')
  return name
}

function authorizationOf(world: World, call: Upstream, component: string): Authorization {
  const appid = textField(call, 'authorizer_appid', { missing: [41002, 'appid missing'] })
  if (!findAccount(world, appid)) throw new Refusal(40013, 'invalid appid')
  const authorization = findAuthorization(world, component, appid)
  if (!authorization) throw notAuthorized()
  return authorization
}

function notAuthorized(): Refusal {
  return new Refusal(61003, 'component is not authorized by this account')
}
