import { open } from './navigation.ts'

export interface ChosenPlace {
  name: string
  address: string
  latitude: number
  longitude: number
}

interface Request {
  near: { latitude: number; longitude: number } | null
  settle(place: ChosenPlace | null): void
}

let request: Request | null = null

/** H5 has no chooser of its own; our page `pages/location/choose` takes its place. */
export function chooseOnMap(
  near: Request['near'],
): Promise<{ kind: 'got'; place: ChosenPlace } | { kind: 'cancelled' }> {
  return new Promise((resolve) => {
    request = {
      near,
      settle: (place) => resolve(place ? { kind: 'got', place } : { kind: 'cancelled' }),
    }
    open({ page: 'location/choose' })
  })
}

/** The place where the chooser page begins. */
export function chooserStart(): Request['near'] {
  return request?.near ?? null
}

/** Takes the chooser page's answer; null when the user left it without one. */
export function finishChoosing(place: ChosenPlace | null): void {
  request?.settle(place)
  request = null
}
