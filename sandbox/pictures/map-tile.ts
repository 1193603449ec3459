/** Side of a tile in pixels. */
const side = 256
/**
 * At this zoom a tile is one block of the town; further out it holds up to 8 × 8, further in a part
 * of one.
 */
const blockZoom = 17

const colours = {
  land: '#f4f2ed',
  block: '#ebe8e0',
  park: '#d3ebcb',
  water: '#bfe0f5',
  street: '#ffffff',
  avenue: '#fde8b2',
  edge: '#dcd7cb',
  house: '#dfdad0',
}

/**
 * Where a tile lies in the town: the first block that it shows, how many in a row, their size in
 * pixels and where the first one begins.
 */
interface Grid {
  column: number
  row: number
  blocks: number
  step: number
  left: number
  top: number
  zoom: number
}

/**
 * A tile of a town that does not exist. Everything follows from the position alone, so neighbours
 * meet at their edges and a tile always looks the same: avenues every 4 blocks, streets between, a
 * river that winds by a sum of sines, parks and houses by a hash of the block.
 */
export function drawTile(zoom: number, x: number, y: number): string {
  const grid = gridOf(zoom, x, y)
  const land = rect(0, 0, side, side, colours.land)
  const parts = [land, ...blocks(grid), ...streets(grid), river(zoom, x, y)]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 ${side} ${side}">${parts.join('')}</svg>`
}

function gridOf(zoom: number, x: number, y: number): Grid {
  if (zoom <= blockZoom) {
    const count = 2 ** Math.min(3, blockZoom - zoom)
    return {
      column: x * count,
      row: y * count,
      blocks: count,
      step: side / count,
      left: 0,
      top: 0,
      zoom,
    }
  }
  const parts = 2 ** (zoom - blockZoom)
  const inside = { left: -(x % parts) * side, top: -(y % parts) * side }
  return {
    column: Math.floor(x / parts),
    row: Math.floor(y / parts),
    blocks: 1,
    step: side * parts,
    ...inside,
    zoom,
  }
}

function blocks(grid: Grid): string[] {
  const all: string[] = []
  for (let down = 0; down < grid.blocks; down += 1) {
    for (let across = 0; across < grid.blocks; across += 1) {
      all.push(
        block(
          grid,
          grid.column + across,
          grid.row + down,
          grid.left + across * grid.step,
          grid.top + down * grid.step,
        ),
      )
    }
  }
  return all
}

function block(
  { step, zoom }: Grid,
  column: number,
  row: number,
  left: number,
  top: number,
): string {
  const chance = hash(column, row)
  if (chance < 0.13) return rect(left, top, step, step, colours.park)
  const ground = chance > 0.6 ? rect(left, top, step, step, colours.block) : ''
  if (zoom < 15) return ground
  const houses = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((place) => {
    const size = hash(column * 7 + place, row * 13 - place)
    if (size < 0.38) return ''
    const room = step / 3.5
    const width = room * (0.45 + size * 0.35)
    const height = room * (0.4 + hash(row, column + place) * 0.42)
    return rect(
      left + step * 0.1 + (place % 3) * room,
      top + step * 0.1 + Math.floor(place / 3) * room,
      width,
      height,
      colours.house,
      step / 120,
    )
  })
  return ground + houses.join('')
}

/** Edges below all fills, avenues above streets, so that crossings stay open. */
function streets({ column, row, blocks: count, step, left, top, zoom }: Grid): string[] {
  const thickness = Math.min(2.4, Math.max(0.28, 2 ** (zoom - blockZoom)))
  const lines = Array.from({ length: count + 1 }, (_, at) => [
    { upright: true, at: left + at * step, isAvenue: (column + at) % 4 === 0 },
    { upright: false, at: top + at * step, isAvenue: (row + at) % 4 === 0 },
  ]).flat()
  const draw = (isAvenue: boolean, width: number, colour: string) =>
    lines
      .filter((one) => one.isAvenue === isAvenue)
      .map((one) => line(one.at, one.upright, width * thickness, colour))
  const edges = [...draw(false, 9, colours.edge), ...draw(true, 16, colours.edge)]
  return [
    ...(zoom < 15 ? [] : edges),
    ...draw(false, 7, colours.street),
    ...draw(true, 13.5, colours.avenue),
  ]
}

/** One river from north to south, every 48 tiles of zoom 16. */
function river(z: number, x: number, y: number): string {
  const zoom = 2 ** (z - 16)
  const points: string[] = []
  const period = Math.floor(x / zoom / 48) * 48
  for (let down = -1; down <= 17; down += 1) {
    const south = (y + down / 16) / zoom
    const middle = 24 + 3 * Math.sin(south / 5) + 1.3 * Math.sin(south / 1.7)
    points.push(
      `${(((period + middle) * zoom - x) * side).toFixed(1)},${((down / 16) * side).toFixed(1)}`,
    )
  }
  const width = Math.max(3, 110 * zoom)
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colours.water}" stroke-width="${width.toFixed(1)}" stroke-linejoin="round"/>`
}

function rect(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  radius = 0,
): string {
  const round = radius > 0 ? ` rx="${radius.toFixed(1)}"` : ''
  return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"${round} fill="${fill}"/>`
}

function line(at: number, upright: boolean, width: number, colour: string): string {
  const [x1, y1, x2, y2] = upright ? [at, 0, at, side] : [0, at, side, at]
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="${width.toFixed(1)}"/>`
}

/** Evenly spread over [0, 1), the same for the same block. */
function hash(a: number, b: number): number {
  const n = Math.sin((a % 4096) * 127.1 + (b % 4096) * 311.7) * 43758.5453
  return n - Math.floor(n)
}
