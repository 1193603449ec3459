import { stopOutbox } from '../pushes/outbox.ts'
import type { World } from './world.ts'

/**
 * Everybody who waits for an answer gets one, so that no request hangs for ever after a reset or
 * at the end.
 */
export function releaseEverybody(world: World) {
  stopOutbox(world.outbox)
  world.devices.pendingLocation?.settle(null)
  for (const webview of world.webviews.values()) {
    webview.pendingForward?.settle(false)
    webview.pendingChoice?.settle(null)
  }
  world.webviews.clear()
  for (const release of world.hanging) release()
  world.hanging.clear()
  world.faults = []
}
