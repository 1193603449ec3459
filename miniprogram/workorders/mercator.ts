/** Web Mercator in pixels of 256-px tiles, as every slippy map uses it. */
export const tileSize = 256
export const leastZoom = 4
export const mostZoom = 18

export interface Point {
  x: number
  y: number
}

export interface Degrees {
  latitude: number
  longitude: number
}

/** Beyond this latitude the projection runs to infinity. */
const mostLatitude = 85.0511

export function toPixels({ latitude, longitude }: Degrees, zoom: number): Point {
  const size = tileSize * 2 ** zoom
  const sine = Math.sin((clamp(latitude, -mostLatitude, mostLatitude) * Math.PI) / 180)
  return {
    x: ((longitude + 180) / 360) * size,
    y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size,
  }
}

export function toDegrees({ x, y }: Point, zoom: number): Degrees {
  const size = tileSize * 2 ** zoom
  const turn = Math.PI - (2 * Math.PI * y) / size
  return {
    latitude: (Math.atan(Math.sinh(turn)) * 180) / Math.PI,
    longitude: wrap((x / size) * 360 - 180),
  }
}

/** Returns the new middle when the map is moved by pixels (right and down are positive). */
export function moved(middle: Degrees, dx: number, dy: number, zoom: number): Degrees {
  const { x, y } = toPixels(middle, zoom)
  return toDegrees({ x: x - dx, y: clamp(y - dy, 0, tileSize * 2 ** zoom) }, zoom)
}

export interface Tile {
  key: string
  x: number
  y: number
  /** Pixels from the pane's corner. */
  left: number
  top: number
}

/** Returns the tiles that cover a pane around its middle. */
export function tilesAround(middle: Degrees, zoom: number, width: number, height: number): Tile[] {
  const centre = toPixels(middle, zoom)
  const left = centre.x - width / 2
  const top = centre.y - height / 2
  const across = 2 ** zoom
  const tiles: Tile[] = []
  for (let row = Math.floor(top / tileSize); row * tileSize < top + height; row += 1) {
    if (row < 0 || row >= across) continue
    for (let column = Math.floor(left / tileSize); column * tileSize < left + width; column += 1) {
      const x = ((column % across) + across) % across
      tiles.push({
        key: `${zoom}/${column}/${row}`,
        x,
        y: row,
        left: Math.round(column * tileSize - left),
        top: Math.round(row * tileSize - top),
      })
    }
  }
  return tiles
}

export function tileAddress(template: string, zoom: number, { x, y }: Tile): string {
  return template.replace('{z}', String(zoom)).replace('{x}', String(x)).replace('{y}', String(y))
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}

function wrap(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180
}
