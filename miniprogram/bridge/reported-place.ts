import { cut } from '../../shared/contract/values.ts'

/** What a phone says about where it is. Nothing in it is certain: see `positionOf`. */
export interface ReportedPosition {
  latitude?: unknown
  longitude?: unknown
  accuracy?: unknown
}

/**
 * Returns a position that can be used, or null. Phones report degrees as texts, 0,0 when they know
 * nothing, and -1 or NaN for an accuracy that they do not know; that one is left away.
 */
export function positionOf(
  reported: ReportedPosition,
): { latitude: number; longitude: number; accuracy?: number } | null {
  const [latitude, longitude] = [numberOf(reported.latitude), numberOf(reported.longitude)]
  if (latitude === null || longitude === null) return null
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null
  if (latitude === 0 && longitude === 0) return null
  const accuracy = numberOf(reported.accuracy)
  return accuracy === null || accuracy < 0
    ? { latitude, longitude }
    : { latitude, longitude, accuracy: Math.round(accuracy) }
}

/** What the map calls a place, as the form may keep it: it is cut where the customer sees it. */
export function placeWords(
  name: string | undefined,
  address: string | undefined,
): { name: string; address: string } {
  return {
    name: cut(name?.trim() ?? '', 100),
    address: cut((address?.trim() || name?.trim()) ?? '', 200),
  }
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}
