import { WxElement } from './element.ts'

/** Pulled so far, it refreshes: refresher-threshold. */
const pullPx = 45

/** A box that scrolls for itself. The keyboard scrolls it as the browser does. */
export class WxScrollView extends WxElement {
  private at = { left: 0, top: 0 }
  private isNear = { start: true, end: false }
  private isRefreshing = false

  constructor() {
    super()
    this.addEventListener('scroll', () => this.tell(), { passive: true })
    this.watchPull()
  }

  connectedCallback(): void {
    this.mark('tabindex', '0')
    for (const name of ['scroll-top', 'scroll-left', 'scroll-into-view'])
      if (this.bound(name) !== undefined) this.changed(name)
  }

  protected override changed(name: string): void {
    if (name === 'scroll-x') this.style.overflowX = this.is(name) ? 'auto' : ''
    if (name === 'scroll-y') this.style.overflowY = this.is(name) ? 'auto' : ''
    if (name === 'enable-flex') this.style.display = this.is(name) ? 'flex' : ''
    // What it scrolls to may be drawn in the same setData.
    if (name === 'scroll-top' && this.bound(name) !== undefined)
      this.later(() => this.go({ top: this.number(name, 0) }))
    if (name === 'scroll-left' && this.bound(name) !== undefined)
      this.later(() => this.go({ left: this.number(name, 0) }))
    if (name === 'scroll-into-view') this.later(() => this.show(this.text(name)))
    if (name === 'refresher-triggered') this.refresh(this.is(name))
  }

  private later(task: () => void): void {
    requestAnimationFrame(() => {
      if (this.isConnected) task()
    })
  }

  private go(to: ScrollToOptions): void {
    this.scrollTo({ ...to, behavior: this.is('scroll-with-animation') ? 'smooth' : 'instant' })
  }

  private show(id: string): void {
    if (id === '') return
    const found = [...this.querySelectorAll<WxElement>('*')].find(
      (node) => node.__wxElement?.id === id,
    )
    if (!found) return
    const [here, there] = [this.getBoundingClientRect(), found.getBoundingClientRect()]
    this.go({
      top: this.scrollTop + there.top - here.top,
      left: this.scrollLeft + there.left - here.left,
    })
  }

  private tell(): void {
    const { scrollLeft, scrollTop, scrollHeight, scrollWidth, clientHeight, clientWidth } = this
    const [deltaX, deltaY] = [this.at.left - scrollLeft, this.at.top - scrollTop]
    this.at = { left: scrollLeft, top: scrollTop }
    this.fire('scroll', { scrollLeft, scrollTop, scrollHeight, scrollWidth, deltaX, deltaY })
    const isDown = this.is('scroll-y')
    const [from, left] = isDown
      ? [scrollTop, scrollHeight - clientHeight - scrollTop]
      : [scrollLeft, scrollWidth - clientWidth - scrollLeft]
    const isNear = {
      start: from <= this.number('upper-threshold', 50),
      end: left <= this.number('lower-threshold', 50),
    }
    if (isNear.start && !this.isNear.start)
      this.fire('scrolltoupper', { direction: isDown ? 'top' : 'left' })
    if (isNear.end && !this.isNear.end)
      this.fire('scrolltolower', { direction: isDown ? 'bottom' : 'right' })
    this.isNear = isNear
  }

  /** refresher-enabled: a finger that goes down from the top. */
  private watchPull(): void {
    let from: number | null = null
    this.addEventListener(
      'pointerdown',
      ({ clientY }) =>
        (from = this.is('refresher-enabled') && this.scrollTop <= 0 ? clientY : null),
    )
    this.addEventListener('pointermove', ({ clientY, buttons }) => {
      if (from === null || buttons === 0) return
      this.fire('refresherpulling', { dy: clientY - from })
      if (clientY - from < this.number('refresher-threshold', pullPx)) return
      from = null
      this.refresh(true)
      this.fire('refresherrefresh', {})
    })
    for (const end of ['pointerup', 'pointercancel'])
      this.addEventListener(end, () => (from = null))
  }

  private refresh(isOn: boolean): void {
    if (isOn === this.isRefreshing) return
    this.isRefreshing = isOn
    this.toggleAttribute('data-wx-pulled', isOn)
    if (!isOn) this.fire('refresherrestore', {})
  }
}
