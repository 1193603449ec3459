import type { Position } from '../../api.ts'

const metresPerDegree = 111_320

/** Web Mercator: how far apart two points of a tile of 256 pixels lie in metres. */
export function metresPerPixel(latitude: number, zoom: number): number {
  return (metresPerDegree * 360 * shrinking(latitude)) / (256 * 2 ** zoom)
}

/**
 * The position so many metres further north and east; still one on earth at the poles and at the
 * date line.
 */
export function moved(from: Position, north: number, east: number): Position {
  const latitude = Math.min(90, Math.max(-90, from.latitude + north / metresPerDegree))
  const longitude = from.longitude + east / (metresPerDegree * shrinking(from.latitude))
  return {
    latitude: rounded(latitude),
    longitude: rounded(((longitude + 540) % 360) - 180),
    accuracy: from.accuracy,
  }
}

/** Circles of latitude grow smaller towards the poles. */
function shrinking(latitude: number): number {
  return Math.max(0.01, Math.cos((latitude * Math.PI) / 180))
}

/** Six places of a degree are about ten centimetres. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}

/** What was typed as a position; null when it is none. */
export function typedPosition(
  latitude: string,
  longitude: string,
  accuracy: string,
): Position | null {
  const [lat, lng, metres] = [latitude, longitude, accuracy].map((typed) =>
    typed.trim() === '' ? NaN : Number(typed),
  )
  if (lat === undefined || lng === undefined || metres === undefined) return null
  const sound = Math.abs(lat) <= 90 && Math.abs(lng) <= 180 && metres > 0 && Number.isFinite(metres)
  return sound ? { latitude: lat, longitude: lng, accuracy: metres } : null
}

/** Places to be at, in WGS-84; the last one lies where China's own datum does not apply. */
export const places = {
  suzhou: { latitude: 31.2989, longitude: 120.5853, accuracy: 30 },
  shanghai: { latitude: 31.2304, longitude: 121.4737, accuracy: 30 },
  beijing: { latitude: 39.9042, longitude: 116.4074, accuracy: 65 },
  abroad: { latitude: 52.3217, longitude: 9.8081, accuracy: 100 },
} as const satisfies Record<string, Position>
