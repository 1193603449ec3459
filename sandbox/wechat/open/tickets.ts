import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { push } from '../../pushes/push.ts'
import { urlOf } from '../../pushes/receivers.ts'
import { grant, secondsLeft } from '../../state/grants.ts'
import { textField } from '../../platform/fields.ts'
import { keepNewest } from '../../state/forget.ts'
import { changed, makeSecret, now, seconds, type World } from '../../state/world.ts'
import { authorizeComponent, componentOf, done } from './components.ts'
import type { Component } from './state.ts'

const tenMinutes = 600_000
const twelveHours = 43_200_000
/** The page's text says 1,800 seconds, its sample 600. */
const preAuthSeconds = 1800

export const ticketMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/component/api_start_push_ticket', handle: startPushing },
  { method: 'POST', path: '/cgi-bin/component/api_component_token', handle: getComponentToken },
  { method: 'POST', path: '/cgi-bin/component/api_create_preauthcode', handle: createPreAuthCode },
]

/** Every ten minutes to each platform that has an address. */
export function pushTickets(world: World) {
  for (const component of world.open.components) {
    const last = component.tickets.at(-1)
    const isDue = last === undefined || now(world) - last.issuedAt >= tenMinutes
    if (
      isDue &&
      component.isPushingTickets &&
      urlOf(world, `component:${component.appid}`) !== null
    )
      pushTicket(world, component)
  }
}

/** The samples have no CDATA in these. */
export function pushTicket(world: World, component: Component): string {
  const value = `ticket@@@${makeSecret(86)}`
  component.tickets = [...component.tickets, { value, issuedAt: now(world) }].slice(-100)
  push(world, `component:${component.appid}`, {
    AppId: { bare: component.appid },
    CreateTime: seconds(world),
    InfoType: { bare: 'component_verify_ticket' },
    ComponentVerifyTicket: { bare: value },
  })
  return value
}

function startPushing(world: World, call: Upstream): Reply {
  const component = componentOf(world, call, 'component_secret')
  component.isPushingTickets = true
  pushTicket(world, component)
  changed(world)
  return { ...done }
}

/** No errcode on success. */
function getComponentToken(world: World, call: Upstream): Reply {
  const component = componentOf(world, call, 'component_appsecret')
  const value = textField(call, 'component_verify_ticket', {
    missing: [61006, 'component ticket is invalid'],
  })
  const ticket = component.tickets.find((one) => one.value === value)
  if (!ticket) throw new Refusal(61006, 'component ticket is invalid')
  if (now(world) - ticket.issuedAt >= twelveHours)
    throw new Refusal(61005, 'component ticket is expired')
  const token = grant(world, 'wechat.component-token', component.appid, 157)
  return { component_access_token: token.value, expires_in: secondsLeft(world, token) }
}

function createPreAuthCode(world: World, call: Upstream): Reply {
  const component = authorizeComponent(world, call)
  textField(call, 'component_appid', { missing: [41002, 'appid missing'] })
  const code = `preauthcode@@@${makeSecret(86)}`
  world.open.preAuthCodes.set(code, {
    component: component.appid,
    expiresAt: now(world) + preAuthSeconds * 1000,
  })
  keepNewest(world.open.preAuthCodes)
  return { pre_auth_code: code, expires_in: preAuthSeconds }
}
