import type { Position } from '../../api.ts'

const metresPerDegree = 111_320

/** The position so many metres further north and east. */
export function moved(from: Position, north: number, east: number): Position {
  const latitude = from.latitude + north / metresPerDegree
  const longitude = from.longitude + east / (metresPerDegree * Math.max(0.01, Math.cos((from.latitude * Math.PI) / 180)))
  return { latitude: rounded(latitude), longitude: rounded(longitude), accuracy: from.accuracy }
}

/** Six places of a degree are about ten centimetres. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}

/** What was typed as a position; null when it is none. */
export function typedPosition(latitude: string, longitude: string, accuracy: string): Position | null {
  const [lat, lng, metres] = [latitude, longitude, accuracy].map((typed) => (typed.trim() === '' ? NaN : Number(typed)))
  if (lat === undefined || lng === undefined || metres === undefined) return null
  const sound = Math.abs(lat) <= 90 && Math.abs(lng) <= 180 && metres > 0 && Number.isFinite(metres)
  return sound ? { latitude: lat, longitude: lng, accuracy: metres } : null
}
