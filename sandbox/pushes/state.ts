import type { Delivery } from '../api.ts'
import type { Scene } from '../scenes/scene.ts'
import type { Receiver } from './receiver.ts'

declare module '../state/world.ts' {
  interface Slices {
    pushes: PushesState
  }
}

/** A callback address that an admin or provider has saved, with the two secrets of its envelope. */
export interface CallbackAddress {
  url: string | null
  token: string
  aesKey: string
  mode: 'plain' | 'compatible' | 'safe'
  format: 'xml' | 'json'
  /**
   * Third-party platforms: where messages of authorized accounts go; `$APPID$` stands for the
   * account.
   */
  messageUrl: string | null
}

/** How many more of the next pushes each rule takes. */
export interface Rules {
  receiver: string | null
  event: string | null
  drop: number
  duplicate: number
  /** Of how many the next ones are collected, and which are. */
  reorder: number
  collected: string[]
  isHolding: boolean
}

/** Plain data only: it is copied by snapshots. What is under way lies in the outbox. */
export interface PushesState {
  addresses: Partial<Record<Receiver, CallbackAddress>>
  /** Newest last. */
  deliveries: Delivery[]
  rules: Rules
}

export const noRules: Rules = {
  receiver: null,
  event: null,
  drop: 0,
  duplicate: 0,
  reorder: 0,
  collected: [],
  isHolding: false,
}

/**
 * The main app's and the third-party platforms' secrets are there from the start, because the
 * sandbox hands them out; addresses come with `POST /_sandbox/callbacks`.
 */
export function createPushes(scene: Scene): PushesState {
  const [main] = scene.apps
  const addresses: PushesState['addresses'] = {}
  if (main)
    addresses[`app:${scene.corp.id}/${main.agentId}`] = newAddress(
      main.callbackToken,
      main.callbackAesKey,
    )
  for (const { appid, callbackToken, callbackAesKey } of scene.components)
    addresses[`component:${appid}`] = newAddress(callbackToken, callbackAesKey)
  return { addresses, deliveries: [], rules: structuredClone(noRules) }
}

export function newAddress(token: string, aesKey: string): CallbackAddress {
  return { url: null, token, aesKey, mode: 'safe', format: 'xml', messageUrl: null }
}
