import type { Position } from '../api.ts'
import { changed, makeId, type World } from '../state/world.ts'

/**
 * The phone's position for a page: at once when the person decided before, else after the dialog on the desk is answered.
 * Null = refused. `gone` withdraws the question when the page goes away.
 */
export async function askLocation(world: World, webviewId: string, gone?: AbortSignal): Promise<Position | null> {
  if (world.devices.locationPermission === 'unset') await decision(world, webviewId, gone)
  return world.devices.locationPermission === 'granted' ? world.devices.position : null
}

function decision(world: World, webviewId: string, gone?: AbortSignal): Promise<void> {
  const { devices } = world
  return new Promise((resolve) => {
    const before = devices.pendingLocation
    const pending = {
      id: before?.id ?? makeId('location'),
      webviewId,
      settle(allow: boolean | null) {
        if (devices.pendingLocation === pending) {
          devices.pendingLocation = null
          if (allow !== null) devices.locationPermission = allow ? 'granted' : 'refused'
          changed(world)
        }
        before?.settle(allow)
        resolve()
      },
    }
    devices.pendingLocation = pending
    gone?.addEventListener('abort', () => pending.settle(null), { once: true })
    changed(world)
  })
}
