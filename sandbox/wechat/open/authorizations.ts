import { push } from '../../pushes/push.ts'
import { changed, makeSecret, now, seconds, type World } from '../../state/world.ts'
import type { Authorization } from './state.ts'
import type { Xml } from '../../pushes/receiver.ts'

/** For how long the code of a redirect or push can be used. */
export const codeSeconds = 600

/**
 * An account's admin allows a platform these sets, for the first time or anew. Returns the code for
 * api_query_auth.
 */
export function authorizeTo(
  world: World,
  component: string,
  appid: string,
  sets: number[],
  preAuthCode: string,
): string {
  const known = findAuthorization(world, component, appid)
  const sorted = sets.toSorted((one, other) => one - other)
  const isSame = known !== undefined && known.sets.join() === sorted.join()
  const code = `queryauthcode@@@${makeSecret(86)}`
  world.open.codes.set(code, {
    component,
    appid,
    expiresAt: now(world) + codeSeconds * 1000,
    used: false,
  })
  if (known) known.sets = sorted
  else {
    const refreshToken = `refreshtoken@@@${makeSecret(43)}`
    world.open.authorizations.push({
      component,
      appid,
      refreshToken,
      sets: sorted,
      authorizedAt: now(world),
      options: { ...defaultOptions },
    })
  }
  // Nothing is pushed when the sets did not change (2.0/api/Before_Develop/authorize_event).
  if (!isSame) {
    tell(world, component, known ? 'updateauthorized' : 'authorized', appid, {
      AuthorizationCode: { bare: code },
      AuthorizationCodeExpiredTime: seconds(world) + codeSeconds,
      // Both samples show it. An authorization without the page has had one made for it.
      PreAuthCode: { bare: preAuthCode || `preauthcode@@@${makeSecret(64)}` },
    })
  }
  changed(world)
  return code
}

export const defaultOptions: Record<string, string> = {
  location_report: '0',
  voice_recognize: '0',
  customer_service: '0',
}

export function unauthorize(world: World, { component, appid }: Authorization) {
  world.open.authorizations = world.open.authorizations.filter(
    (one) => one.component !== component || one.appid !== appid,
  )
  const isTheirs = (one: World['grants'][number]) =>
    one.kind === 'wechat.authorizer-token' && one.owner === appid && one.component === component
  for (const one of world.grants) if (isTheirs(one)) one.revoked = true
  tell(world, component, 'unauthorized', appid, {})
  changed(world)
}

export function findAuthorization(
  world: World,
  component: string,
  appid: string,
): Authorization | undefined {
  return world.open.authorizations.find((one) => one.component === component && one.appid === appid)
}

/** The samples have no CDATA in these. */
function tell(world: World, component: string, infoType: string, appid: string, more: Xml) {
  push(world, `component:${component}`, {
    AppId: { bare: component },
    CreateTime: seconds(world),
    InfoType: { bare: infoType },
    AuthorizerAppid: { bare: appid },
    ...more,
  })
}
