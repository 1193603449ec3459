import { textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, makeSecret, type World } from '../../state/world.ts'
import { authorizeAgent, done } from './components.ts'
import type { OpenAccount } from './state.ts'

export const openAccountMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/open/create', handle: create },
  { method: 'POST', path: '/cgi-bin/open/bind', handle: bind },
  { method: 'POST', path: '/cgi-bin/open/unbind', handle: unbind },
  { method: 'POST', path: '/cgi-bin/open/get', handle: get },
]

const mostAppids = 100

function create(world: World, call: Upstream): Reply {
  const appid = ownAppid(world, call)
  if (accountWith(world, appid)) throw new Refusal(89000, 'account has bound open')
  const account = {
    openAppid: `wx${Buffer.from(makeSecret(16)).toString('hex').slice(0, 16)}`,
    isMadeByApi: true,
    appids: [appid],
  }
  world.open.accounts.push(account)
  changed(world)
  return { open_appid: account.openAppid, ...done }
}

function bind(world: World, call: Upstream): Reply {
  const appid = ownAppid(world, call)
  const account = named(world, call)
  if (accountWith(world, appid)) throw new Refusal(89000, 'account has bound open')
  if (!account.isMadeByApi) throw new Refusal(89003, 'the open account is not created by api')
  if (account.appids.length >= mostAppids)
    throw new Refusal(89004, 'reach the limit of the open account')
  account.appids.push(appid)
  changed(world)
  return { ...done }
}

function unbind(world: World, call: Upstream): Reply {
  const appid = ownAppid(world, call)
  const account = named(world, call)
  if (!account.appids.includes(appid)) throw new Refusal(89001, 'not same contractor')
  if (!account.isMadeByApi) throw new Refusal(89003, 'the open account is not created by api')
  account.appids = account.appids.filter((one) => one !== appid)
  changed(world)
  return { ...done }
}

function get(world: World, call: Upstream): Reply {
  const account = accountWith(world, ownAppid(world, call))
  if (!account) throw new Refusal(89002, 'open not exists')
  return { open_appid: account.openAppid, ...done }
}

/** The body's appid is the token's own. */
function ownAppid(world: World, call: Upstream): string {
  const { owner } = authorizeAgent(world, call)
  const appid = textField(call, 'appid')
  if (appid !== '' && appid !== owner) throw new Refusal(40013, 'invalid appid')
  return owner
}

function accountWith(world: World, appid: string): OpenAccount | undefined {
  return world.open.accounts.find(({ appids }) => appids.includes(appid))
}

function named(world: World, call: Upstream): OpenAccount {
  const openAppid = textField(call, 'open_appid', { missing: [89002, 'open not exists'] })
  const account = world.open.accounts.find((one) => one.openAppid === openAppid)
  if (!account) throw new Refusal(89002, 'open not exists')
  return account
}
