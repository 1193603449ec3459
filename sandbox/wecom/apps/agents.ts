import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { authorize, ok } from '../access.ts'
import { hostOf } from './trusted.ts'
import { chosenDepartments } from './visible.ts'

export const agentMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/agent/get', handle: getAgent },
  { method: 'GET', path: '/cgi-bin/agent/list', handle: listAgents },
  { method: 'POST', path: '/cgi-bin/agent/get_permissions', handle: getPermissions },
  {
    method: 'GET',
    path: '/cgi-bin/getcallbackip',
    handle: (world, call) => {
      authorize(world, call)
      return { ...ok, ip_list: ['127.0.0.1'] }
    },
  },
  {
    method: 'GET',
    path: '/cgi-bin/get_api_domain_ip',
    handle: (world, call) => {
      authorize(world, call)
      return { ip_list: ['127.0.0.1'], ...ok }
    },
  },
]

/** WW-96448: the token's own app only. */
function getAgent(world: World, call: Upstream): Reply {
  const { app, ids } = authorize(world, call)
  if (!call.query.agentid) throw new Refusal(40056, 'invalid agentid')
  if (call.query.agentid !== app.agentId)
    throw new Refusal(301002, 'no permission to operate this agent')
  const home = new URL(app.home, world.addresses.webview).href
  return {
    ...ok,
    agentid: Number(app.agentId),
    name: app.name,
    square_logo_url: `${world.addresses.sandbox}/_sandbox/icons/app.svg`,
    description: '',
    allow_userinfos: { user: app.visible.members.map((id) => ({ userid: ids.member(id) })) },
    allow_partys: { partyid: chosenDepartments(world, app) },
    allow_tags: { tagid: [] },
    close: 0,
    redirect_domain: app.trustedHosts[0] ?? hostOf(home) ?? '',
    report_location_flag: 0,
    isreportenter: 1,
    home_url: home,
    // 1 in development, 2 online.
    ...(app.mode === 'customized' && { customized_publish_status: app.isOnline ? 2 : 1 }),
  }
}

/** WW-90227. */
function listAgents(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  const square_logo_url = `${world.addresses.sandbox}/_sandbox/icons/app.svg`
  return { ...ok, agentlist: [{ agentid: Number(app.agentId), name: app.name, square_logo_url }] }
}

/** WW-99108, by the names of its appendix. */
function getPermissions(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  if (app.mode === 'own') throw new Refusal(48002, 'api forbidden')
  return {
    ...ok,
    app_permissions: app.permissions.filter((permission) => permission !== 'archive'),
  }
}
