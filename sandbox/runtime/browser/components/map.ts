import { drawMap, mapLook, type MapView, type Point } from '../dialogs/map.ts'
import { around, WxElement } from './element.ts'

interface Marker extends Point {
  id?: number
  title?: string
  iconPath?: string
  callout?: { content?: string }
}

const look = `${mapLook}
:host { display: block; position: relative; width: 300px; height: 150px; overflow: hidden }
.map { position: absolute; inset: 0 }
button {
  position: absolute; width: 32px; height: 36px; margin: -36px 0 0 -16px; padding: 0;
  border: 0; background: none; cursor: pointer;
}
button img { width: 100%; height: 100%; object-fit: contain }
button span {
  position: absolute; bottom: 100%; left: 50%; padding: 3px 8px; border-radius: 4px;
  transform: translateX(-50%); white-space: nowrap; font-size: 12px; color: #000; background: #fff;
}
`

/** A pane of the sandbox's map with markers; it is moved by a finger or the arrow keys. */
export class WxMap extends WxElement {
  private view: MapView | undefined
  private readonly pins = document.createElement('div')

  connectedCallback(): void {
    if (this.view) return
    const root = this.attachShadow({ mode: 'open' })
    const style = document.createElement('style')
    style.textContent = look
    this.view = drawMap({
      tilesUrl: around().mapTilesUrl,
      start: this.centre(),
      zoom: this.number('scale', 16),
      moved: (centre) =>
        this.fire('regionchange', { type: 'end', causedBy: 'drag', centerLocation: centre }),
      drawn: () => this.place(),
    })
    this.pins.className = 'pins'
    root.append(style, this.view.node, this.pins)
    this.draw()
  }

  protected override changed(name: string): void {
    if (!this.view) return
    if (name === 'longitude' || name === 'latitude') this.view.show(this.centre())
    if (name === 'markers') this.draw()
  }

  private centre(): Point {
    return {
      latitude: this.number('latitude', 31.2304),
      longitude: this.number('longitude', 121.4737),
    }
  }

  private get markers(): Marker[] {
    const given = this.bound('markers')
    return Array.isArray(given) ? (given as Marker[]) : []
  }

  private draw(): void {
    const pins = this.markers.map((marker) => {
      const pin = document.createElement('button')
      pin.type = 'button'
      pin.ariaLabel =
        marker.title ?? marker.callout?.content ?? `${marker.latitude}, ${marker.longitude}`
      pin.append(
        marker.iconPath
          ? icon(marker.iconPath)
          : Object.assign(document.createElement('i'), { className: 'map-pin' }),
      )
      if (marker.callout?.content)
        pin.append(
          Object.assign(document.createElement('span'), { textContent: marker.callout.content }),
        )
      pin.addEventListener('click', () => this.fire('markertap', { markerId: marker.id }))
      return pin
    })
    this.pins.replaceChildren(...pins)
    this.place()
  }

  private place(): void {
    this.markers.forEach((marker, index) => {
      const { x, y } = this.view?.toPixels(marker) ?? { x: 0, y: 0 }
      const pin = this.pins.children[index]
      if (pin instanceof HTMLElement) pin.style.translate = `${Math.round(x)}px ${Math.round(y)}px`
    })
  }
}

function icon(path: string): HTMLImageElement {
  return Object.assign(document.createElement('img'), { src: around().locate(path), alt: '' })
}
