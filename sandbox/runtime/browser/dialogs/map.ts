import { words } from '../words.ts'
import { element } from './layer.ts'

export interface Point {
  latitude: number
  longitude: number
}

const side = 256
/** What one press of an arrow key moves, in pixels. */
const step = 40

export interface MapView {
  node: HTMLElement
  centre: () => Point
  /** As if the person had moved it there. */
  moveTo: (point: Point) => void
  show: (point: Point) => void
  /** From the left upper corner. */
  toPixels: (point: Point) => { x: number; y: number }
}

interface MapWishes {
  tilesUrl: string
  start: Point
  zoom?: number
  moved: (centre: Point) => void
  drawn?: () => void
  pin?: HTMLElement
}

/** The look of a map outside the dialogs. */
export const mapLook = `
.map { overflow: hidden; cursor: grab; touch-action: none; background: #f4f2ed }
.map-tiles img { position: absolute; width: 256px; height: 256px; pointer-events: none }
.map-pin {
  display: block; box-sizing: border-box; width: 24px; height: 24px; margin: 4px;
  border: 7px solid #07c160; border-radius: 50% 50% 50% 0; background: #fff;
  transform: rotate(-45deg);
}
`

/**
 * The sandbox's map, in web mercator tiles. It is moved by dragging or by the arrow keys; + and −
 * zoom.
 */
export function drawMap({
  tilesUrl,
  start,
  zoom: given = 16,
  moved,
  drawn,
  pin,
}: MapWishes): MapView {
  let zoom = Math.round(Math.min(18, Math.max(10, given)))
  let { x, y } = project(start, zoom)
  const tiles = element('div', { className: 'map-tiles' })
  const node = element('div', {
    className: 'map',
    tabIndex: 0,
    ariaLabel: words.map,
    children: pin ? [tiles, pin] : [tiles],
  })
  node.setAttribute('role', 'application')

  const draw = () => {
    const { clientWidth: width, clientHeight: height } = node
    const [left, top] = [x - width / 2, y - height / 2]
    const made: HTMLElement[] = []
    for (let column = Math.floor(left / side); column * side < left + width; column += 1)
      for (let row = Math.floor(top / side); row * side < top + height; row += 1) {
        const tile = element('img', {
          src: tileUrl(tilesUrl, zoom, column, row),
          alt: '',
          draggable: false,
        })
        tile.style.transform = `translate(${Math.round(column * side - left)}px, ${Math.round(row * side - top)}px)`
        made.push(tile)
      }
    tiles.replaceChildren(...made)
    drawn?.()
  }
  const show = (point: Point) => {
    ;({ x, y } = project(point, zoom))
    draw()
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
      show(point)
      moved(unproject(x, y, zoom))
    },
    show,
    toPixels(point) {
      const at = project(point, zoom)
      return { x: at.x - x + node.clientWidth / 2, y: at.y - y + node.clientHeight / 2 }
    },
  }
}

/** What stands in the middle of a map on which a place is chosen. */
export function makePin(): HTMLElement {
  return element('i', { className: 'map-pin', ariaHidden: 'true' })
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
  return pattern
    .replace('{z}', String(zoom))
    .replace('{x}', String(across))
    .replace('{y}', String(row))
}

function project({ latitude, longitude }: Point, zoom: number): { x: number; y: number } {
  const world = side * 2 ** zoom
  const sine = Math.sin((latitude * Math.PI) / 180)
  return {
    x: ((longitude + 180) / 360) * world,
    y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * world,
  }
}

function unproject(x: number, y: number, zoom: number): Point {
  const world = side * 2 ** zoom
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / world))) * 180) / Math.PI
  return { latitude: round(latitude), longitude: round((x / world) * 360 - 180) }
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}
