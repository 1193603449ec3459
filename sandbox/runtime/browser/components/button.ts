import { around, WxElement } from './element.ts'

export class WxButton extends WxElement {
  constructor() {
    super()
    this.addEventListener('click', (event) => {
      // Above all listeners of the mini program: a disabled button hears nothing.
      if (this.is('disabled')) return event.stopImmediatePropagation()
      const form = this.text('form-type')
      if (form !== '')
        this.dispatchEvent(new CustomEvent('wx-form', { bubbles: true, detail: form }))
      return undefined
    })
  }

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.mark('role', 'button')
    this.showState()
  }

  /** After the mini program has heard the tap. */
  open(): void {
    const type = this.text('open-type')
    if (type !== '' && !this.is('disabled')) around().openType(type, this)
  }

  protected override changed(name: string): void {
    if (name === 'disabled') this.showState()
  }

  private showState(): void {
    this.mark('aria-disabled', this.is('disabled') ? 'true' : null)
    this.mark('tabindex', this.is('disabled') ? null : '0')
  }
}
