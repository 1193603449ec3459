import { idsOf } from '../../state/ids.ts'
import { currentGrant, grant, lengths, secondsLeft, within } from '../../state/grants.ts'
import { changed, type Grant, type World } from '../../state/world.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { authorize, ok } from '../access.ts'

const hour = 3_600_000
/** WW-90312: tickets an hour, for a corp and for one app. */
export const ticketQuota = { corp: 400, app: 100 }

export const tokenMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/gettoken', handle: getToken },
  {
    method: 'GET',
    path: '/cgi-bin/get_jsapi_ticket',
    handle: (world, call) => getTicket(world, call, 'wecom.ticket'),
  },
  {
    method: 'GET',
    path: '/cgi-bin/ticket/get',
    handle(world, call) {
      authorize(world, call)
      if (call.query.type !== 'agent_config') throw new Refusal(40058, 'invalid Request Parameter')
      return getTicket(world, call, 'wecom.agent-ticket')
    },
  },
]

/** WW-91039. Within validity the same token comes back. */
function getToken(world: World, { query }: Upstream): Reply {
  if (!query.corpid) throw new Refusal(41002, 'corpid missing')
  if (!query.corpsecret) throw new Refusal(41004, 'corpsecret missing')
  const apps = [...world.apps.list, world.apps.contactSync].filter(
    (app) => query.corpid === idsOf(world, app).corp(app.corpId),
  )
  if (apps.length === 0) throw new Refusal(40013, 'invalid corpid')
  // A customized app's permanent code is its secret (WW-97164).
  const app = apps.find(({ mode, secret }) => mode !== 'thirdparty' && secret === query.corpsecret)
  if (!app) throw new Refusal(40001, 'invalid credential')
  if (app !== world.apps.contactSync && world.servedApp !== app.key) {
    world.servedApp = app.key
    changed(world)
  }
  return { ...ok, ...tokenOf(world, 'wecom.token', app.key) }
}

/** The token that still holds, or a new one. */
export function tokenOf(world: World, kind: Grant['kind'], owner: string) {
  const token = currentGrant(world, kind, owner) ?? grant(world, kind, owner, lengths.wecomToken)
  return { access_token: token.value, expires_in: secondsLeft(world, token) }
}

/** WW-90506: two kinds of ticket, not interchangeable. */
function getTicket(world: World, call: Upstream, kind: Grant['kind']): Reply {
  const { app } = authorize(world, call)
  const owner = app.key
  // The app's own limit first: what it refuses does not count against the corp.
  const allowed =
    within(world, appCounter(kind, owner), ticketQuota.app, hour) &&
    within(world, corpCounter(kind, app.corpId), ticketQuota.corp, hour)
  if (!allowed) throw new Refusal(45009, 'api freq out of limit')
  const ticket = currentGrant(world, kind, owner) ?? grant(world, kind, owner, lengths.ticket)
  return { ...ok, ticket: ticket.value, expires_in: secondsLeft(world, ticket) }
}

export function appCounter(kind: Grant['kind'], owner: string): string {
  return `${kind}:app:${owner}`
}

export function corpCounter(kind: Grant['kind'], corpId: string): string {
  return `${kind}:corp:${corpId}`
}
