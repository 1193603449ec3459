const size = 256

/**
 * The map tiles around a place so that it stands in the middle of a picture of `width` × `height`:
 * their addresses and where each one lies.
 */
export function tilesAround(
  place: { latitude: number; longitude: number },
  zoom: number,
  width: number,
  height: number,
) {
  const scale = 2 ** zoom
  const latitude = Math.min(85.05, Math.max(-85.05, place.latitude)) * (Math.PI / 180)
  const x = ((place.longitude + 180) / 360) * scale * size
  const y = ((1 - Math.asinh(Math.tan(latitude)) / Math.PI) / 2) * scale * size
  const [left, top] = [x - width / 2, y - height / 2]
  const tiles = []
  for (let column = Math.floor(left / size); column * size < left + width; column += 1) {
    for (let row = Math.floor(top / size); row * size < top + height; row += 1) {
      if (row < 0 || row >= scale) continue
      const wrapped = ((column % scale) + scale) % scale
      tiles.push({
        url: `/map/${zoom}/${wrapped}/${row}.svg`,
        left: Math.round(column * size - left),
        top: Math.round(row * size - top),
      })
    }
  }
  return tiles
}
