import { WxElement } from './element.ts'
import type { Control } from './form.ts'

/** The browser's slider, which brings its keys and its name for screen readers. */
export class WxSlider extends WxElement implements Control {
  private readonly control = document.createElement('input')
  private readonly words = document.createElement('span')

  constructor() {
    super()
    const { control } = this
    control.type = 'range'
    control.addEventListener('input', () => {
      this.show()
      this.fire('changing', { value: this.formValue })
    })
    control.addEventListener('change', () => this.fire('change', { value: this.formValue }))
  }

  connectedCallback(): void {
    if (!this.control.isConnected) this.append(this.control, this.words)
    this.reset()
  }

  get formValue(): number {
    return Number(this.control.value)
  }

  reset(): void {
    this.control.min = String(this.number('min', 0))
    this.control.max = String(this.number('max', 100))
    this.control.step = String(this.number('step', 1))
    this.control.value = String(this.number('value', this.number('min', 0)))
    this.show()
  }

  protected override changed(name: string): void {
    const { control } = this
    if (['min', 'max', 'step', 'value'].includes(name)) this.reset()
    if (name === 'disabled') control.disabled = this.is(name)
    if (/^active-?color$/i.test(name)) control.style.accentColor = this.text(name)
    if (name === 'show-value') this.show()
    if (name === 'aria-label') control.setAttribute(name, this.text(name))
  }

  private show(): void {
    this.words.textContent = this.is('show-value') ? this.control.value : ''
  }
}
