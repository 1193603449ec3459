import { override } from './disguise.ts'
import { ask, type Facts } from './facts.ts'

/** WeChat's phone asks the person on the desk, not the laptop's browser. */
export function installGeolocation(facts: Facts) {
  let watches = 0
  const getCurrentPosition: Geolocation['getCurrentPosition'] = (success, failure) => {
    ask('position', { webview: facts.id })
      .then(({ position }) => {
        if (isPosition(position)) success(describe(position))
        else failure?.(refusal(1, 'User denied Geolocation'))
      })
      .catch(() => failure?.(refusal(2, 'Position unavailable')))
  }
  const geolocation: Geolocation = {
    getCurrentPosition,
    watchPosition(success, failure, options) {
      getCurrentPosition(success, failure, options)
      watches += 1
      return watches
    },
    clearWatch: () => undefined,
  }
  override(navigator, { geolocation })
  const query = navigator.permissions.query.bind(navigator.permissions)
  // In a frame of another origin the browser would say "denied" without asking anybody.
  const status = Object.assign(new EventTarget(), {
    name: 'geolocation',
    state: 'prompt' as const,
    onchange: null,
  })
  override(navigator.permissions, {
    query: (wanted: PermissionDescriptor) =>
      wanted.name === 'geolocation' ? Promise.resolve(status) : query(wanted),
  })
}

interface Position {
  latitude: number
  longitude: number
  accuracy: number
}

function isPosition(value: unknown): value is Position {
  return typeof value === 'object' && value !== null && 'latitude' in value
}

function describe(position: Position): GeolocationPosition {
  const coords = { ...position, altitude: null, altitudeAccuracy: null, heading: null, speed: null }
  return {
    coords: { ...coords, toJSON: () => coords },
    timestamp: Date.now(),
    toJSON: () => ({ coords, timestamp: Date.now() }),
  }
}

function refusal(code: 1 | 2, message: string): GeolocationPositionError {
  return { code, message, PERMISSION_DENIED: 1, POSITION_UNAVAILABLE: 2, TIMEOUT: 3 }
}
