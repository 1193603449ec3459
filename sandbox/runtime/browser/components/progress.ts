import { WxElement } from './element.ts'

export class WxProgress extends WxElement {
  private readonly bar = document.createElement('div')
  private readonly filled = document.createElement('div')
  private readonly words = document.createElement('span')

  connectedCallback(): void {
    this.bar.className = 'wx-bar'
    this.bar.append(this.filled)
    if (!this.bar.isConnected) this.append(this.bar, this.words)
    this.mark('role', 'progressbar')
    this.mark('aria-valuemin', '0')
    this.mark('aria-valuemax', '100')
    this.show()
  }

  protected override changed(name: string): void {
    if (this.isConnected) this.show()
    if (name === 'active' && this.is(name)) this.filled.style.transition = 'width 1s'
  }

  private show(): void {
    const percent = Math.min(100, Math.max(0, this.number('percent', 0)))
    this.mark('aria-valuenow', String(percent))
    this.filled.style.width = `${percent}%`
    this.filled.style.background = this.text('activeColor') || this.text('color') || '#09bb07'
    this.bar.style.background = this.text('backgroundColor') || '#ebebeb'
    this.bar.style.height = `${this.number('stroke-width', 6)}px`
    this.bar.style.borderRadius = `${this.number('border-radius', 0)}px`
    this.words.textContent = this.is('show-info') ? `${percent}%` : ''
  }
}
