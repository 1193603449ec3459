/**
 * Converts WGS-84 (a browser's geolocation) to GCJ-02 (every map in mainland China, and the
 * contract). It uses the published approximation of the shift; outside China the two are equal. The
 * error is a few metres, less than a phone's own.
 */
export function toGcj02(
  latitude: number,
  longitude: number,
): { latitude: number; longitude: number } {
  if (!inChina(latitude, longitude)) return { latitude, longitude }
  const x = longitude - 105
  const y = latitude - 35
  const phi = (latitude * Math.PI) / 180
  const bend = 1 - eccentricity * Math.sin(phi) ** 2
  const north =
    (northing(x, y) * 180) /
    (((semiMajor * (1 - eccentricity)) / (bend * Math.sqrt(bend))) * Math.PI)
  const east = (easting(x, y) * 180) / ((semiMajor / Math.sqrt(bend)) * Math.cos(phi) * Math.PI)
  return { latitude: latitude + north, longitude: longitude + east }
}

// The Krasovsky 1940 ellipsoid.
const semiMajor = 6_378_245
const eccentricity = 0.006_693_421_622_965_943

function inChina(latitude: number, longitude: number): boolean {
  return longitude > 72.004 && longitude < 137.8347 && latitude > 0.8293 && latitude < 55.8271
}

function wave(value: number): number {
  return Math.sin(value * Math.PI)
}

/** The common part of both shifts. */
function ripple(x: number): number {
  return ((20 * wave(6 * x) + 20 * wave(2 * x)) * 2) / 3
}

/** Metres to the north. */
function northing(x: number, y: number): number {
  const plane = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  return (
    plane +
    ripple(x) +
    ((20 * wave(y) + 40 * wave(y / 3)) * 2) / 3 +
    ((160 * wave(y / 12) + 320 * wave(y / 30)) * 2) / 3
  )
}

/** Metres to the east. */
function easting(x: number, y: number): number {
  const plane = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  return (
    plane +
    ripple(x) +
    ((20 * wave(x) + 40 * wave(x / 3)) * 2) / 3 +
    ((150 * wave(x / 12) + 300 * wave(x / 30)) * 2) / 3
  )
}
