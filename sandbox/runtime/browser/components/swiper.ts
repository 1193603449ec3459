import { words } from '../words.ts'
import { WxElement } from './element.ts'

/** A finger must go so far across for the next item. */
const swipePx = 40

const look = `
:host { display: block; position: relative; overflow: hidden; height: 150px; touch-action: pan-y }
:host([data-down]) { touch-action: pan-x }
.track { display: flex; height: 100%; transition: transform var(--wx-time, 0.5s) }
:host([data-down]) .track { flex-direction: column }
::slotted(*) { flex: 0 0 100%; min-width: 0; min-height: 0 }
.dots {
  display: flex; position: absolute; bottom: 10px; left: 0; right: 0; gap: 8px;
  justify-content: center; pointer-events: none;
}
.dots[hidden] { display: none }
:host([data-down]) .dots { flex-direction: column; inset: 0 10px 0 auto }
.dots i { width: 8px; height: 8px; border-radius: 50%; background: var(--wx-dot, rgb(0 0 0 / 30%)) }
.dots .on { background: var(--wx-dot-on, #000) }
@media (prefers-reduced-motion: reduce) { .track { transition: none } }
`

export class WxSwiperItem extends WxElement {
  connectedCallback(): void {
    this.mark('role', 'group')
  }
}

/** Items of which one is seen: a finger, the arrow keys and time go on. */
export class WxSwiper extends WxElement {
  private readonly track = document.createElement('div')
  private readonly dots = document.createElement('div')
  private at = 0
  private timer: number | undefined

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    const style = document.createElement('style')
    const slot = document.createElement('slot')
    style.textContent = look
    this.track.className = 'track'
    this.dots.className = 'dots'
    this.dots.hidden = true
    this.track.append(slot)
    root.append(style, this.track, this.dots)
    slot.addEventListener('slotchange', () => this.show())
    this.track.addEventListener('transitionend', () =>
      this.fire('animationfinish', this.detail('')),
    )
    this.addEventListener('keydown', (event) => this.press(event))
    this.watchSwipe()
  }

  connectedCallback(): void {
    this.mark('role', 'region')
    this.mark('aria-roledescription', words.carousel)
    this.mark('tabindex', '0')
    this.play()
  }

  disconnectedCallback(): void {
    clearInterval(this.timer)
  }

  protected override changed(name: string): void {
    if (name === 'current') this.go(this.number(name, 0), '')
    if (name === 'vertical') this.toggleAttribute('data-down', this.is(name))
    if (name === 'duration') this.style.setProperty('--wx-time', `${this.number(name, 500)}ms`)
    if (name === 'indicator-dots') this.dots.hidden = !this.is(name)
    if (name === 'indicator-color') this.style.setProperty('--wx-dot', this.text(name) || null)
    if (name === 'indicator-active-color')
      this.style.setProperty('--wx-dot-on', this.text(name) || null)
    if (name === 'autoplay' || name === 'interval') this.play()
    this.show()
  }

  private get items(): WxElement[] {
    return [...this.children].filter(
      (child): child is WxSwiperItem => child instanceof WxSwiperItem,
    )
  }

  private play(): void {
    clearInterval(this.timer)
    if (!this.isConnected || !this.is('autoplay')) return
    this.timer = window.setInterval(
      () => this.step(1, 'autoplay', true),
      this.number('interval', 5000),
    )
  }

  /** `autoplay` begins anew at the end; a finger only when it is circular. */
  private step(by: number, source: string, wraps = this.is('circular')): void {
    const count = this.items.length
    const next = this.at + by
    if (wraps && count > 0) this.go((next + count) % count, source)
    else this.go(Math.min(count - 1, Math.max(0, next)), source)
  }

  private go(to: number, source: string): void {
    if (to === this.at || to < 0) return
    this.at = to
    this.show()
    if (this.isConnected) this.fire('change', this.detail(source))
  }

  private detail(source: string): object {
    return { current: this.at, currentItemId: this.items[this.at]?.text('item-id') ?? '', source }
  }

  private show(): void {
    const { items, at } = this
    this.track.style.transform = this.is('vertical')
      ? `translateY(${-100 * at}%)`
      : `translateX(${-100 * at}%)`
    items.forEach((item, index) => {
      item.inert = index !== at
      item.ariaLabel = `${index + 1} / ${items.length}`
    })
    this.dots.replaceChildren(
      ...items.map((_, index) => {
        const dot = document.createElement('i')
        if (index === at) dot.className = 'on'
        return dot
      }),
    )
  }

  private press(event: KeyboardEvent): void {
    if (event.target !== this) return
    const [back, on] = this.is('vertical') ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight']
    if (event.key !== back && event.key !== on) return
    event.preventDefault()
    this.step(event.key === on ? 1 : -1, 'touch')
  }

  private watchSwipe(): void {
    let from: number | null = null
    const place = ({ clientX, clientY }: PointerEvent) => (this.is('vertical') ? clientY : clientX)
    this.addEventListener('pointerdown', (event) => {
      from = place(event)
      clearInterval(this.timer)
    })
    // The finger may leave the box before it lifts.
    this.addEventListener('pointermove', (event) => {
      if (from === null || event.buttons === 0 || Math.abs(place(event) - from) < swipePx) return
      this.step(place(event) < from ? 1 : -1, 'touch')
      from = null
    })
    for (const end of ['pointerup', 'pointercancel', 'pointerleave'])
      this.addEventListener(end, () => {
        from = null
        this.play()
      })
  }
}
