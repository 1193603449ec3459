import { words } from '../words.ts'
import { element } from './layer.ts'

export interface Point {
  latitude: number
  longitude: number
}

const side = 256
/** What one press of an arrow key moves, in pixels. */
const step = 40

interface MapView {
  node: HTMLElement
  centre: () => Point
  moveTo: (point: Point) => void
}

/** The sandbox's map, in web mercator tiles, with a pin in its middle. It is moved by dragging or by the arrow keys; + and − zoom. */
export function drawMap(tilesUrl: string, start: Point, moved: (centre: Point) => void): MapView {
  let zoom = 16
  let { x, y } = project(start, zoom)
  const tiles = element('div', { className: 'map-tiles' })
  const pin = element('i', { className: 'map-pin', ariaHidden: 'true' })
  const node = element('div', { className: 'map', tabIndex: 0, ariaLabel: words.map, children: [tiles, pin] })
  node.setAttribute('role', 'application')

  const draw = () => {
    const { clientWidth: width, clientHeight: height } = node
    const [left, top] = [x - width / 2, y - height / 2]
    const made: HTMLElement[] = []
    for (let column = Math.floor(left / side); column * side < left + width; column += 1)
      for (let row = Math.floor(top / side); row * side < top + height; row += 1) {
        const tile = element('img', { src: tileUrl(tilesUrl, zoom, column, row), alt: '', draggable: false })
        tile.style.transform = `translate(${Math.round(column * side - left)}px, ${Math.round(row * side - top)}px)`
        made.push(tile)
      }
    tiles.replaceChildren(...made)
  }
  const move = (right: number, down: number) => {
    x += right
    y += down
    draw()
    moved(unproject(x, y, zoom))
  }
  const zoomBy = (by: number) => {
    const next = Math.min(18, Math.max(10, zoom + by))
    x *= 2 ** (next - zoom)
    y *= 2 ** (next - zoom)
    zoom = next
    draw()
  }
  const keys: Record<string, () => void> = {
    ArrowLeft: () => move(-step, 0),
    ArrowRight: () => move(step, 0),
    ArrowUp: () => move(0, -step),
    ArrowDown: () => move(0, step),
    '+': () => zoomBy(1),
    '-': () => zoomBy(-1),
  }
  node.addEventListener('keydown', (event) => {
    if (!keys[event.key]) return
    event.preventDefault()
    keys[event.key]?.()
  })
  node.addEventListener('wheel', (event) => {
    event.preventDefault()
    zoomBy(event.deltaY > 0 ? -1 : 1)
  })
  drag(node, (right, down) => move(-right, -down))
  new ResizeObserver(draw).observe(node)
  return {
    node,
    centre: () => unproject(x, y, zoom),
    moveTo(point) {
      ;({ x, y } = project(point, zoom))
      draw()
      moved(unproject(x, y, zoom))
    },
  }
}

function drag(node: HTMLElement, by: (right: number, down: number) => void): void {
  let at: { x: number; y: number } | null = null
  node.addEventListener('pointerdown', ({ clientX, clientY, pointerId }) => {
    at = { x: clientX, y: clientY }
    node.setPointerCapture(pointerId)
  })
  node.addEventListener('pointermove', ({ clientX, clientY }) => {
    if (!at) return
    by(clientX - at.x, clientY - at.y)
    at = { x: clientX, y: clientY }
  })
  for (const end of ['pointerup', 'pointercancel']) node.addEventListener(end, () => (at = null))
}

function tileUrl(pattern: string, zoom: number, column: number, row: number): string {
  const across = ((column % 2 ** zoom) + 2 ** zoom) % 2 ** zoom
  return pattern.replace('{z}', String(zoom)).replace('{x}', String(across)).replace('{y}', String(row))
}

function project({ latitude, longitude }: Point, zoom: number): { x: number; y: number } {
  const world = side * 2 ** zoom
  const sine = Math.sin((latitude * Math.PI) / 180)
  return { x: ((longitude + 180) / 360) * world, y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world }
}

function unproject(x: number, y: number, zoom: number): Point {
  const world = side * 2 ** zoom
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / world))) * 180) / Math.PI
  return { latitude: round(latitude), longitude: round((x / world) * 360 - 180) }
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}
