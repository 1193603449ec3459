import type { Scene } from '../scenes/scene.ts'
import type { Receiver } from './push.ts'

/** A callback address that an admin or provider has saved, with the two secrets of its envelope. */
export interface CallbackAddress {
  url: string | null
  token: string
  aesKey: string
}

/** Plain data only: it is copied by snapshots. */
export interface PushesState {
  addresses: Partial<Record<Receiver, CallbackAddress>>
}

/** The main app's token and key are there from the start, because the sandbox hands them out; its address comes with `POST /_sandbox/callbacks`. */
export function createPushes(scene: Scene): PushesState {
  const [main] = scene.apps
  const addresses: PushesState['addresses'] = {}
  if (main) addresses[`app:${scene.corp.id}/${main.agentId}`] = { url: null, token: main.callbackToken, aesKey: main.callbackAesKey }
  return { addresses }
}
