import { textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { now, type World } from '../../state/world.ts'
import { accountOf } from './accounts.ts'
import { clearUsage, limitOf, monthOf, usageOf } from './quota.ts'
import { authorize } from './tokens.ts'

const mostClears = 10

/**
 * What an account asks the platform about itself: quotas, addresses, the network between the two.
 */
export function serviceMethods(isMethod: (path: string) => boolean): Method[] {
  return [
    { method: 'POST', path: '/cgi-bin/clear_quota', handle: clearQuota },
    { method: 'POST', path: '/cgi-bin/clear_quota/v2', handle: clearQuotaBySecret },
    {
      method: 'POST',
      path: '/cgi-bin/openapi/quota/get',
      handle: (world, call) => getQuota(world, call, isMethod),
    },
    { method: 'GET', path: '/cgi-bin/getcallbackip', handle: getAddresses },
    { method: 'GET', path: '/cgi-bin/get_api_domain_ip', handle: getAddresses },
    { method: 'POST', path: '/cgi-bin/callback/check', handle: checkNetwork },
  ]
}

/** All counters of the account, ten times a month. */
function clearQuota(world: World, call: Upstream): Reply {
  const { owner } = authorize(world, call)
  if (textField(call, 'appid') !== owner) throw new Refusal(40013, 'invalid appid')
  return clear(world, owner)
}

function clearQuotaBySecret(world: World, call: Upstream): Reply {
  const given = (name: string) => call.query[name] ?? textField(call, name)
  return clear(world, accountOf(world, given('appid'), given('appsecret')).appid)
}

function clear(world: World, appid: string): Reply {
  const key = `${appid} ${monthOf(now(world))}`
  const done = world.accounts.clears.get(key) ?? 0
  if (done >= mostClears)
    throw new Refusal(48006, 'forbid to clear quota because of reaching the limit')
  world.accounts.clears.set(key, done + 1)
  clearUsage(world, appid)
  return { errcode: 0, errmsg: 'ok' }
}

function getQuota(world: World, call: Upstream, isMethod: (path: string) => boolean): Reply {
  const { owner } = authorize(world, call)
  const path = textField(call, 'cgi_path')
  if (!isMethod(path)) throw new Refusal(76021, 'cgi_path not found')
  const { daily = 0 } = limitOf(world, owner, path)
  const used = usageOf(world, owner, path).today
  return {
    errcode: 0,
    errmsg: 'ok',
    quota: { daily_limit: daily, used, remain: Math.max(0, daily - used) },
  }
}

function getAddresses(world: World, call: Upstream): Reply {
  authorize(world, call)
  return { ip_list: ['127.0.0.1'] }
}

/** The page's sample: what resolves, and how far away it is. Everything is near here. */
function checkNetwork(world: World, call: Upstream): Reply {
  authorize(world, call)
  const [action, operator] = [textField(call, 'action'), textField(call, 'check_operator')]
  if (!['dns', 'ping', 'all'].includes(action)) throw new Refusal(40202, 'invalid check action')
  if (!['CHINANET', 'UNICOM', 'CAP', 'DEFAULT'].includes(operator))
    throw new Refusal(40203, 'invalid check operator')
  return {
    ...(action !== 'ping' && { dns: [{ ip: '127.0.0.1', real_operator: operator }] }),
    ...(action !== 'dns' && {
      ping: [{ ip: '127.0.0.1', from_operator: operator, package_loss: '0%', time: '0.045ms' }],
    }),
  }
}
