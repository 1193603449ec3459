import { WxElement } from './element.ts'

const disc = 'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22z'
const ring =
  'M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm0 1.6a9.4 9.4 0 1 1 0 18.8 9.4 9.4 0 0 1 0-18.8z'
const tick = 'M10.2 14.6 7 11.4l-1.2 1.2 4.4 4.4 8-8L17 7.8z'
const sign = 'M11 6h2v7.5h-2zm0 9.5h2v2h-2z'
const cross =
  'm8.2 7-1.2 1.2 3.8 3.8L7 15.8 8.2 17l3.8-3.8 3.8 3.8 1.2-1.2-3.8-3.8L17 8.2 15.8 7 12 10.8z'

/** Type → colour and shape on a field of 24. */
const icons: Record<string, [colour: string, shape: string]> = {
  success: ['#09bb07', disc + tick],
  success_no_circle: ['#09bb07', tick],
  info: ['#10aeff', disc + sign],
  warn: ['#f76260', disc + sign],
  waiting: ['#10aeff', `${disc}M11 6h1.6v6l4 2.4-.8 1.4-4.8-2.9z`],
  cancel: ['#f43530', ring + cross],
  clear: ['#b2b2b2', disc + cross],
  download: ['#09bb07', `${ring}M11.2 6h1.6v7l2.6-2.6 1.1 1.1-4.5 4.5-4.5-4.5 1.1-1.1 2.6 2.6z`],
  search: [
    '#b2b2b2',
    'M10.5 4a6.5 6.5 0 1 0 4 11.6l4.7 4.7 1.1-1.1-4.7-4.7A6.5 6.5 0 0 0 10.5 4zm0 1.6a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8z',
  ],
}

export class WxIcon extends WxElement {
  connectedCallback(): void {
    this.mark('role', 'img')
    this.draw()
  }

  protected override changed(): void {
    if (this.isConnected) this.draw()
  }

  private draw(): void {
    const [colour, shape] = icons[this.text('type')] ?? ['', '']
    const size = this.number('size', 23)
    const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    for (const [name, value] of Object.entries({
      viewBox: '0 0 24 24',
      width: size,
      height: size,
      'aria-hidden': true,
    }))
      picture.setAttribute(name, String(value))
    path.setAttribute('d', shape)
    path.setAttribute('fill', this.text('color') || colour)
    path.setAttribute('fill-rule', 'evenodd')
    picture.append(path)
    this.replaceChildren(picture)
  }
}
