import type { Position } from '../api.ts'
import { changed, makeId, type World } from '../state/world.ts'

interface Question {
  /** Withdraws the question when the page goes away. */
  gone?: AbortSignal | undefined
  /**
   * `permission["scope.userLocation"].desc` of a mini program's app.json, which the dialog shows.
   */
  purpose?: string | undefined
}

/**
 * The phone's position for a page: at once when the person decided before, else after the dialog on
 * the desk is answered. Null = refused.
 */
export async function askLocation(
  world: World,
  webviewId: string,
  question: Question = {},
): Promise<Position | null> {
  if (world.devices.locationPermission === 'unset') await decision(world, webviewId, question)
  return world.devices.locationPermission === 'granted' ? world.devices.position : null
}

function decision(world: World, webviewId: string, { gone, purpose }: Question): Promise<void> {
  const { devices } = world
  return new Promise((resolve) => {
    const before = devices.pendingLocation
    const pending = {
      id: before?.id ?? makeId('location'),
      webviewId,
      purpose: purpose ?? null,
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
