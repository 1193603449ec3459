import { flagField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, type World } from '../../state/world.ts'
import { agentOf, authorizeComponent, done, programOf } from './components.ts'
import {
  serverDomainKinds,
  type PlatformDomains,
  type Program,
  type ServerDomains,
} from './state.ts'

export const domainMethods: Method[] = [
  {
    method: 'POST',
    path: '/cgi-bin/component/modify_wxa_server_domain',
    handle: modifyPlatformServers,
  },
  {
    method: 'POST',
    path: '/cgi-bin/component/modify_wxa_jump_domain',
    handle: modifyPlatformPages,
  },
  {
    method: 'POST',
    path: '/wxa/modify_domain',
    handle: (world, call) => modifyServers(world, call, 'third'),
  },
  {
    method: 'POST',
    path: '/wxa/modify_domain_directly',
    handle: (world, call) => modifyServers(world, call, 'direct'),
  },
  {
    method: 'POST',
    path: '/wxa/setwebviewdomain',
    handle: (world, call) => modifyPages(world, call, 'third'),
  },
  {
    method: 'POST',
    path: '/wxa/setwebviewdomain_directly',
    handle: (world, call) => modifyPages(world, call, 'direct'),
  },
  { method: 'POST', path: '/wxa/get_effective_domain', handle: getEffective },
]

const mostPlatformHosts = 1000
/** Of each kind (modifyServerDomain). */
const mostServers = 200
const mostPages = 100
const schemes: Record<keyof ServerDomains, string> = {
  requestdomain: 'https://',
  wsrequestdomain: 'wss://',
  uploaddomain: 'https://',
  downloaddomain: 'https://',
  udpdomain: 'udp://',
  tcpdomain: 'tcp://',
}
type Action = 'add' | 'delete' | 'set' | 'get'

function modifyPlatformServers(world: World, call: Upstream): Reply {
  return modifyPlatform(
    world,
    call,
    authorizeComponent(world, call).serverDomains,
    'wxa_server_domain',
  )
}

function modifyPlatformPages(world: World, call: Upstream): Reply {
  return modifyPlatform(
    world,
    call,
    authorizeComponent(world, call).jumpDomains,
    'wxa_jump_h5_domain',
  )
}

function modifyPlatform(
  world: World,
  call: Upstream,
  domains: PlatformDomains,
  name: string,
): Reply {
  const action = actionOf(call)
  const given = textField(call, name)
    .split(';')
    .filter((one) => one !== '')
  const [valid, invalid] = split(given, isHost)
  if (action !== 'get') {
    if (valid.length === 0) throw new Refusal(85017, noDomain)
    const testing = applied(domains.testing, action, valid)
    if (testing.length > mostPlatformHosts) throw new Refusal(85016, 'exceed valid domain count')
    domains.testing = testing
    if (flagField(call, 'is_modify_published_together'))
      domains.published = applied(domains.published, action, valid)
    changed(world)
  }
  return {
    ...done,
    [`published_${name}`]: domains.published.join(';'),
    [`testing_${name}`]: domains.testing.join(';'),
    ...(invalid.length > 0 && { [`invalid_${name}`]: invalid.join(';') }),
  }
}

const noDomain =
  'no domain to modify after filtered, please confirm the domain has been set in miniprogram or open'

/**
 * By way of the platform's list only hosts of that list are taken; directly, any. Names that are
 * not taken come back as `invalid_…`.
 */
function modifyServers(world: World, call: Upstream, way: 'third' | 'direct'): Reply {
  const program = programOf(world, call)
  const action = actionOf(call)
  const allowed = way === 'third' ? agentOf(world, call).serverDomains : null
  const next = { ...program.domains[way] }
  const refused: Reply = {}
  let isAnyTaken = false
  for (const kind of serverDomainKinds) {
    const given = textsField(call, kind)
    const isTaken = (one: string) =>
      isAddress(one, schemes[kind]) && (allowed === null || isUnder(hostOf(one), allowed))
    const [valid, invalid] = action === 'get' ? [[], []] : split(given, isTaken)
    if (invalid.length > 0) refused[`invalid_${kind}`] = invalid
    if (valid.length > 0) isAnyTaken = true
    if (valid.length > 0 || (action === 'set' && given.length > 0))
      next[kind] = applied(next[kind], action, valid)
    if (next[kind].length > mostServers) throw new Refusal(85016, 'exceed valid domain count')
  }
  if (action !== 'get') {
    if (!isAnyTaken) throw new Refusal(85017, noDomain)
    program.domains[way] = next
    changed(world)
  }
  return { ...done, ...next, ...refused }
}

/** 业务域名: what a web-view may open. Without an action, the platform's whole list is taken. */
function modifyPages(world: World, call: Upstream, way: 'third' | 'direct'): Reply {
  const program = programOf(world, call)
  const { jumpDomains } = agentOf(world, call)
  const isWhole = call.body?.action === undefined
  const action = isWhole ? 'set' : actionOf(call)
  if (action === 'get') return { ...done, webviewdomain: program.webviewDomains[way] }
  if (way === 'third' && all(jumpDomains).length === 0)
    throw new Refusal(89020, 'please set miniprogram webview domain in open first')
  const given = isWhole
    ? all(jumpDomains).map((host) => `https://${host}`)
    : textsField(call, 'webviewdomain')
  const isTaken = (one: string) =>
    isAddress(one, 'https://') && (way === 'direct' || isUnder(hostOf(one), jumpDomains))
  if (!given.every(isTaken) || given.length === 0)
    throw new Refusal(89021, 'some domain is not in the list of the third-party platform')
  const next = applied(program.webviewDomains[way], action, given)
  if (next.length > mostPages) throw new Refusal(89029, 'exceed valid webview domain count')
  if (next.join() === program.webviewDomains[way].join())
    throw new Refusal(89019, 'webview domain not change')
  program.webviewDomains[way] = next
  changed(world)
  return { ...done, webviewdomain: next }
}

function getEffective(world: World, call: Upstream): Reply {
  const program = programOf(world, call)
  const { mp, third, direct } = program.domains
  return {
    ...done,
    mp_domain: mp,
    third_domain: third,
    direct_domain: direct,
    effective_domain: effectiveDomains(program),
  }
}

/**
 * What the mini program may really ask: once a platform publishes for it, the domains of its own
 * admin page no longer count.
 */
export function effectiveDomains({ domains }: Program): ServerDomains {
  const union = (kind: keyof ServerDomains) => [
    ...new Set([...domains.third[kind], ...domains.direct[kind]]),
  ]
  const own = (kind: keyof ServerDomains) =>
    union(kind).length > 0 ? union(kind) : domains.mp[kind]
  return Object.fromEntries(serverDomainKinds.map((kind) => [kind, own(kind)])) as ServerDomains
}

function actionOf(call: Upstream): Action {
  const action = textField(call, 'action')
  if (action !== 'add' && action !== 'delete' && action !== 'set' && action !== 'get')
    throw new Refusal(40097, 'invalid args')
  return action
}

function applied(before: string[], action: Action, given: string[]): string[] {
  if (action === 'delete') return before.filter((one) => !given.includes(one))
  return [...new Set(action === 'set' ? given : [...before, ...given])]
}

function split(given: string[], isValid: (one: string) => boolean): [string[], string[]] {
  return [given.filter(isValid), given.filter((one) => !isValid(one))]
}

function isHost(one: string): boolean {
  return /^(?!-)[\w-]+(\.[\w-]+)+$/.test(one)
}

/** A scheme and a host, perhaps a port; no path. */
function isAddress(one: string, scheme: string): boolean {
  return (
    one.startsWith(scheme) && /^(?!-)[\w-]+(\.[\w-]+)+(:\d{1,5})?$/.test(one.slice(scheme.length))
  )
}

function hostOf(address: string): string {
  return address.replace(/^\w+:\/\//, '').replace(/:\d+$/, '')
}

function isUnder(host: string, domains: PlatformDomains): boolean {
  return all(domains).some((one) => host === one || host.endsWith(`.${one}`))
}

function all({ testing, published }: PlatformDomains): string[] {
  return [...new Set([...testing, ...published])]
}
