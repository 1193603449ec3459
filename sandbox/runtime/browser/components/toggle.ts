import { WxElement } from './element.ts'
import type { Control } from './form.ts'

/** What is on or off: a finger, Enter and space turn it. */
abstract class WxToggle extends WxElement implements Control {
  protected abstract readonly kind: string
  private isOn = false

  constructor() {
    super()
    this.addEventListener('click', () => {
      if (!this.is('disabled')) this.press()
    })
  }

  connectedCallback(): void {
    this.mark('role', this.kind)
    this.show()
  }

  get checked(): boolean {
    return this.isOn
  }

  set checked(isOn: boolean) {
    this.isOn = isOn
    this.show()
  }

  get formValue(): unknown {
    return this.isOn
  }

  reset(): void {
    this.checked = this.is('checked')
  }

  protected abstract press(): void

  protected override changed(name: string): void {
    if (name === 'checked') this.checked = this.is(name)
    if (name === 'disabled') this.show()
    if (name === 'color') this.style.setProperty('--wx-on', this.text(name) || null)
  }

  private show(): void {
    if (!this.isConnected) return
    this.mark('aria-checked', String(this.isOn))
    this.mark('aria-disabled', this.is('disabled') ? 'true' : null)
    this.mark('tabindex', this.is('disabled') ? null : '0')
  }
}

export class WxSwitch extends WxToggle {
  protected readonly kind = 'switch'

  protected press(): void {
    this.checked = !this.checked
    this.fire('change', { value: this.checked })
  }
}

export class WxCheckbox extends WxToggle {
  protected readonly kind = 'checkbox'

  protected press(): void {
    this.checked = !this.checked
    const group = this.closest('wx-checkbox-group')
    if (group instanceof WxCheckboxGroup) group.fire('change', { value: group.formValue })
  }
}

export class WxRadio extends WxToggle {
  protected readonly kind = 'radio'

  protected press(): void {
    if (this.checked) return
    const group = this.closest('wx-radio-group')
    if (group instanceof WxRadioGroup) group.choose(this)
    else this.checked = true
  }
}

export class WxCheckboxGroup extends WxElement implements Control {
  connectedCallback(): void {
    this.mark('role', 'group')
  }

  get formValue(): string[] {
    return this.boxes.filter(({ checked }) => checked).map((box) => box.text('value'))
  }

  reset(): void {
    this.boxes.forEach((box) => box.reset())
  }

  private get boxes(): WxCheckbox[] {
    return [...this.querySelectorAll<WxCheckbox>('wx-checkbox')]
  }
}

export class WxRadioGroup extends WxElement implements Control {
  constructor() {
    super()
    this.addEventListener('keydown', (event) => {
      const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key]
      const { radios } = this
      const at = radios.findIndex((radio) => radio === event.target)
      if (step === undefined || at === -1) return
      event.preventDefault()
      const next = radios[(at + step + radios.length) % radios.length]
      next?.focus()
      next?.click()
    })
  }

  connectedCallback(): void {
    this.mark('role', 'radiogroup')
  }

  get formValue(): string {
    return this.radios.find(({ checked }) => checked)?.text('value') ?? ''
  }

  reset(): void {
    this.radios.forEach((radio) => radio.reset())
  }

  choose(chosen: WxRadio): void {
    for (const radio of this.radios) radio.checked = radio === chosen
    this.fire('change', { value: this.formValue })
  }

  private get radios(): WxRadio[] {
    return [...this.querySelectorAll<WxRadio>('wx-radio')]
  }
}
