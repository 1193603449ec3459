/** Side of a tile in pixels, and of a town block in the tile's own grid. */
const side = 256

const colours = {
  land: '#f3f1ec',
  block: '#eae7df',
  park: '#d6ebcf',
  water: '#c3e0f3',
  street: '#ffffff',
  avenue: '#fbe6b0',
  edge: '#dcd6c8',
  house: '#dfdad0',
}

/**
 * A tile of a town that does not exist. Everything follows from the position alone, so neighbours meet at their edges and a tile always looks the
 * same: avenues every 4 blocks, streets between, a river that winds by a sum of sines, parks and houses by a hash of the block.
 */
export function drawTile(z: number, x: number, y: number): string {
  const parts: string[] = [`<rect width="${side}" height="${side}" fill="${colours.land}"/>`]
  // One block is a tile of zoom 18: about 150 m. Further out blocks merge, so that a tile never holds more than 8 × 8.
  const scale = 2 ** Math.max(0, Math.min(3, 17 - z))
  const step = side / scale
  const unit = 2 ** Math.max(0, 17 - z) / scale
  const zoomIn = 2 ** Math.max(0, z - 17)
  for (let row = 0; row < scale; row += 1) {
    for (let column = 0; column < scale; column += 1) {
      const blockX = Math.floor(((x * scale + column) * unit) / zoomIn)
      const blockY = Math.floor(((y * scale + row) * unit) / zoomIn)
      parts.push(block(column * step, row * step, step, blockX, blockY, zoomIn === 1))
    }
  }
  parts.push(...streets(z, x, y, scale, step, unit, zoomIn), river(z, x, y))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 ${side} ${side}">${parts.join('')}</svg>`
}

function block(left: number, top: number, size: number, blockX: number, blockY: number, withHouses: boolean): string {
  const chance = hash(blockX, blockY)
  if (chance < 0.14) return rect(left, top, size, size, colours.park)
  const ground = chance > 0.6 ? rect(left, top, size, size, colours.block) : ''
  if (!withHouses) return ground
  const houses = [0, 1, 2, 3].map((corner) => {
    const h = hash(blockX * 7 + corner, blockY * 13 - corner)
    if (h < 0.3) return ''
    const room = size / 2
    const width = room * (0.42 + h * 0.22)
    const height = room * (0.35 + hash(blockY, blockX + corner) * 0.3)
    return rect(left + (corner % 2) * room + room * 0.2, top + Math.floor(corner / 2) * room + room * 0.22, width, height, colours.house)
  })
  return ground + houses.join('')
}

function streets(z: number, x: number, y: number, scale: number, step: number, unit: number, zoomIn: number): string[] {
  const lines: string[] = []
  const every = Math.max(1, Math.round(unit))
  for (let at = 0; at <= scale; at += 1) {
    for (const [origin, upright] of [
      [x, true],
      [y, false],
    ] as const) {
      const world = (origin * scale + at) * unit
      if (zoomIn > 1 && world % zoomIn !== 0) continue
      const index = Math.round(world / zoomIn)
      const isAvenue = index % (4 * every) === 0
      const width = Math.max(1, (isAvenue ? 13 : 7) * Math.min(2, 2 ** (Math.min(z, 18) - 17)))
      lines.push(
        line(at * step, upright, width + 2, colours.edge),
        line(at * step, upright, width, isAvenue ? colours.avenue : colours.street),
      )
    }
  }
  return lines
}

/** One river from north to south, every 48 tiles of zoom 16. */
function river(z: number, x: number, y: number): string {
  const zoom = 2 ** (z - 16)
  const points: string[] = []
  for (let down = -1; down <= 9; down += 1) {
    const south = (y + down / 8) / zoom
    const middle = 24 + 3 * Math.sin(south / 5) + 1.3 * Math.sin(south / 1.7)
    const period = Math.floor(x / zoom / 48) * 48
    points.push(`${(((period + middle) * zoom - x) * side).toFixed(1)},${((down / 8) * side).toFixed(1)}`)
  }
  const width = Math.max(3, 120 * zoom)
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colours.water}" stroke-width="${width.toFixed(1)}" stroke-linejoin="round"/>`
}

function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}"/>`
}

function line(at: number, upright: boolean, width: number, colour: string): string {
  const [x1, y1, x2, y2] = upright ? [at, 0, at, side] : [0, at, side, at]
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="${width}"/>`
}

/** Evenly spread over [0, 1), the same for the same block. */
function hash(a: number, b: number): number {
  const n = Math.sin(a * 127.1 + b * 311.7) * 43758.5453
  return n - Math.floor(n)
}
