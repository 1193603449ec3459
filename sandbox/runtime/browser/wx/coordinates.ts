/**
 * The datum of China's maps. Outside China it is WGS-84. Both in degrees; the shift is the
 * published approximation, exact to a metre or so.
 */
export function wgs84ToGcj02(
  latitude: number,
  longitude: number,
): { latitude: number; longitude: number } {
  if (longitude < 72.004 || longitude > 137.8347 || latitude < 0.8293 || latitude > 55.8271)
    return { latitude, longitude }
  const [x, y] = [longitude - 105, latitude - 35]
  const radians = (latitude / 180) * Math.PI
  const curve = 1 - flattening * Math.sin(radians) ** 2
  const north =
    (northing(x, y) * 180) / (((axis * (1 - flattening)) / (curve * Math.sqrt(curve))) * Math.PI)
  const east = (easting(x, y) * 180) / ((axis / Math.sqrt(curve)) * Math.cos(radians) * Math.PI)
  return { latitude: latitude + north, longitude: longitude + east }
}

/** Krasovsky 1940. */
const axis = 6_378_245
const flattening = 0.006693421622965943

function waves(at: number, ...parts: [size: number, frequency: number][]): number {
  return (
    parts.reduce((sum, [size, frequency]) => sum + size * Math.sin(at * frequency * Math.PI), 0) *
    (2 / 3)
  )
}

function northing(x: number, y: number): number {
  const base = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x))
  return (
    base +
    waves(x, [20, 6], [20, 2]) +
    waves(y, [20, 1], [40, 1 / 3]) +
    waves(y, [160, 1 / 12], [320, 1 / 30])
  )
}

function easting(x: number, y: number): number {
  const base = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x))
  return (
    base +
    waves(x, [20, 6], [20, 2]) +
    waves(x, [20, 1], [40, 1 / 3]) +
    waves(x, [150, 1 / 12], [300, 1 / 30])
  )
}
