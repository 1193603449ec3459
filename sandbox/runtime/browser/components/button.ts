import { around, WxElement } from './element.ts'

export class WxButton extends WxElement {
  constructor() {
    super()
    this.addEventListener('click', (event) => {
      // Above all listeners of the mini program: a disabled button hears nothing.
      if (this.is('disabled')) return event.stopImmediatePropagation()
      const form = this.text('form-type')
      if (form !== '') this.dispatchEvent(new CustomEvent('wx-form', { bubbles: true, detail: form }))
      return undefined
    })
  }

  connectedCallback(): void {
    if (!this.hasAttribute('role')) super.setAttribute('role', 'button')
    this.mark()
  }

  /** After the mini program has heard the tap. */
  open(): void {
    const type = this.text('open-type')
    if (type !== '' && !this.is('disabled')) around().openType(type, this)
  }

  protected override changed(name: string): void {
    if (name === 'disabled') this.mark()
  }

  private mark(): void {
    if (this.is('disabled')) {
      super.setAttribute('aria-disabled', 'true')
      super.removeAttribute('tabindex')
    } else {
      super.removeAttribute('aria-disabled')
      super.setAttribute('tabindex', '0')
    }
  }
}
