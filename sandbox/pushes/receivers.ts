import { idsOf } from '../state/ids.ts'
import type { World } from '../state/world.ts'
import { accountsOf } from '../wechat/accounts/accounts.ts'
import { mayTakeMessages } from '../wechat/open/sets.ts'
import type { Receiver } from './receiver.ts'

/** What its envelope and its answers must look like. */
export interface ReceiverKind {
  platform: 'wecom' | 'wechat'
  /** The last part of every encrypted message (platform.md §2): whose it is. */
  receiveId: string
  /** Envelopes of apps carry it. */
  agentId: string | null
  /**
   * Events of suites, providers and third-party platforms must be answered with the word `success`,
   * within a second.
   */
  mustSaySuccess: boolean
}

/** `undefined`: nobody of that name. */
export function receiverKind(world: World, receiver: Receiver): ReceiverKind | undefined {
  const [kind = '', id = ''] = split(receiver)
  if (kind === 'app') {
    const app = world.apps.list.find(({ key }) => key === id)
    return (
      app && {
        platform: 'wecom',
        receiveId: idsOf(world, app).corp(app.corpId),
        agentId: app.agentId,
        mustSaySuccess: false,
      }
    )
  }
  if (kind === 'suite') {
    const isKnown = world.apps.provider.suites.some((suite) => suite.id === id)
    return isKnown
      ? { platform: 'wecom', receiveId: id, agentId: null, mustSaySuccess: true }
      : undefined
  }
  if (kind === 'provider')
    return {
      platform: 'wecom',
      receiveId: world.apps.provider.corpId,
      agentId: null,
      mustSaySuccess: true,
    }
  if (kind === 'account') {
    const isKnown = accountIds(world).includes(id)
    return isKnown
      ? { platform: 'wechat', receiveId: id, agentId: null, mustSaySuccess: false }
      : undefined
  }
  const [component = '', account] = id.split('/')
  if (!world.scene.components.some(({ appid }) => appid === component)) return undefined
  if (kind === 'component')
    return { platform: 'wechat', receiveId: component, agentId: null, mustSaySuccess: true }
  // A message of an account that a third-party platform takes is encrypted with the platform's key
  // for the platform's appid (2.0/api/Before_Develop/message_push).
  if (kind === 'messages' && account)
    return { platform: 'wechat', receiveId: component, agentId: null, mustSaySuccess: false }
  return undefined
}

/** Everybody who can have an address. */
export function receiversOf(world: World): Receiver[] {
  return [
    ...world.apps.list.map(({ key }): Receiver => `app:${key}`),
    ...world.apps.provider.suites.map(({ id }): Receiver => `suite:${id}`),
    'provider',
    ...accountIds(world).map((appid): Receiver => `account:${appid}`),
    ...world.scene.components.map(({ appid }): Receiver => `component:${appid}`),
  ]
}

/** `null`: it has no address. */
export function urlOf(world: World, receiver: Receiver): string | null {
  const [kind, id = ''] = split(receiver)
  if (kind !== 'messages') return world.pushes.addresses[receiver]?.url ?? null
  const [component = '', account = ''] = id.split('/')
  return (
    world.pushes.addresses[`component:${component}`]?.messageUrl?.replaceAll('$APPID$', account) ??
    null
  )
}

/** Whose token and key its envelopes are made with. */
export function addressOwner(receiver: Receiver): Receiver {
  const [kind, id = ''] = split(receiver)
  return kind === 'messages' ? `component:${id.split('/')[0] ?? ''}` : receiver
}

/** Third-party platforms that get an account's messages and events too. */
export function messageTakers(world: World, receiver: Receiver): Receiver[] {
  const [kind, appid = ''] = split(receiver)
  if (kind !== 'account') return []
  return mayTakeMessages(world, appid)
    .map((component): Receiver => `messages:${component}/${appid}`)
    .filter((taker) => urlOf(world, taker) !== null)
}

function accountIds(world: World): string[] {
  return accountsOf(world).map(({ appid }) => appid)
}

function split(receiver: Receiver): [string, string?] {
  const at = receiver.indexOf(':')
  return at < 0 ? [receiver] : [receiver.slice(0, at), receiver.slice(at + 1)]
}
