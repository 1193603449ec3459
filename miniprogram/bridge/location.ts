import { chooseOnMap, type ChosenPlace } from './choose-location.ts'
import { toGcj02 } from './gcj02.ts'
import { isH5 } from './platform.ts'
import { placeWords, positionOf } from './reported-place.ts'

export type { ChosenPlace }

/** GCJ-02, degrees; `accuracy` in metres. */
export interface Position {
  latitude: number
  longitude: number
  accuracy?: number
}

/**
 * `refused`: the user, the phone or the privacy guide said no. `cancelled`: the user closed the
 * map.
 */
export type LocationOutcome<T> =
  { kind: 'got'; place: T } | { kind: 'refused' } | { kind: 'cancelled' } | { kind: 'unavailable' }

export function choosePlace(near: Position | null): Promise<LocationOutcome<ChosenPlace>> {
  return isH5 ? chooseOnMap(near) : chooseInWechat(near)
}

function chooseInWechat(near: Position | null): Promise<LocationOutcome<ChosenPlace>> {
  return new Promise((resolve) => {
    uni.chooseLocation({
      ...(near ? { latitude: near.latitude, longitude: near.longitude } : {}),
      success: ({ name, address, latitude, longitude }) => {
        // A confirmation without a picked point gives empty words and, on some phones, no numbers.
        const at = positionOf({ latitude, longitude })
        const words = placeWords(name, address)
        resolve(
          words.address === '' || !at
            ? { kind: 'cancelled' }
            : { kind: 'got', place: { ...words, ...at } },
        )
      },
      fail: ({ errMsg }: { errMsg?: string }) => resolve({ kind: causeOf(errMsg ?? '') }),
    })
  })
}

export function measurePosition(): Promise<LocationOutcome<Position>> {
  return isH5 ? measureInBrowser() : measureInWechat()
}

function measureInWechat(): Promise<LocationOutcome<Position>> {
  return new Promise((resolve) => {
    uni.getLocation({
      type: 'gcj02',
      // High accuracy wants at least 3 s (wx.getLocation.md).
      isHighAccuracy: true,
      highAccuracyExpireTime: 4000,
      success: (reported) => resolve(measured(positionOf(reported))),
      fail: ({ errMsg }: { errMsg?: string }) => resolve({ kind: causeOf(errMsg ?? '') }),
    })
  })
}

/**
 * Reads messages such as `getLocation:fail auth deny`,
 * `…:fail privacy permission is not authorized`, `chooseLocation:fail cancel`.
 */
function causeOf(errMsg: string): 'refused' | 'cancelled' | 'unavailable' {
  if (/cancel/i.test(errMsg)) return 'cancelled'
  return /auth|permission|den(y|ied)/i.test(errMsg) ? 'refused' : 'unavailable'
}

function measured(place: Position | null): LocationOutcome<Position> {
  return place ? { kind: 'got', place } : { kind: 'unavailable' }
}

function measureInBrowser(): Promise<LocationOutcome<Position>> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) {
      resolve({ kind: 'unavailable' })
      return
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const at = positionOf(coords)
        resolve(measured(at && { ...at, ...toGcj02(at.latitude, at.longitude) }))
      },
      (error) =>
        resolve({ kind: error.code === error.PERMISSION_DENIED ? 'refused' : 'unavailable' }),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    )
  })
}

/** Whether there is a settings page to open: a mini program has one, a browser has none. */
export const canOpenSettings = !isH5

/** Resolves with whether location is allowed after the user's visit to the settings. */
export function openLocationSettings(): Promise<boolean> {
  return new Promise((resolve) => {
    uni.openSetting({
      success: ({ authSetting }) => resolve(authSetting['scope.userLocation'] === true),
      fail: () => resolve(false),
    })
  })
}

/** Whether a place can be shown in the phone's map. Only WeChat has one without a key. */
export const canShowOnMap = !isH5

export function showOnMap(place: Position & { name: string; address: string }): void {
  uni.openLocation({ ...place, scale: 16, fail: () => undefined })
}
