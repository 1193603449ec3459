import { WxElement } from './element.ts'
import type { Control } from './form.ts'

type Field = HTMLInputElement | HTMLTextAreaElement

const modes: Record<string, string> = {
  number: 'numeric',
  digit: 'decimal',
  idcard: 'text',
  tel: 'tel',
}

/**
 * What input and textarea share: the browser's control inside the component, which answers for it.
 */
abstract class WxField extends WxElement implements Control {
  protected readonly control: Field
  /**
   * Shown instead of the browser's placeholder, since `placeholder-class` is a class of the mini
   * program.
   */
  private readonly hint = document.createElement('span')

  constructor(control: Field) {
    super()
    this.control = control
    this.hint.className = 'wx-placeholder'
    this.hint.ariaHidden = 'true'
    control.maxLength = 140
    control.addEventListener('input', () => {
      this.showHint()
      this.fire('input', {
        value: control.value,
        cursor: control.selectionStart ?? control.value.length,
        keyCode: 0,
      })
    })
    control.addEventListener('focus', () => this.fire('focus', { value: control.value, height: 0 }))
    control.addEventListener('blur', () => {
      this.fire('blur', { value: control.value, cursor: control.value.length })
      this.dispatchEvent(new CustomEvent('wx-change', { bubbles: true }))
    })
  }

  connectedCallback(): void {
    if (!this.control.isConnected) this.append(this.hint, this.control)
    if (this.is('focus') || this.is('auto-focus')) this.control.focus()
    this.showHint()
  }

  get formValue(): string {
    return this.control.value
  }

  reset(): void {
    this.value = this.text('value')
  }

  get value(): string {
    return this.control.value
  }

  set value(value: string) {
    if (this.control.value !== value) this.control.value = value
    this.showHint()
  }

  protected override changed(name: string, value: unknown): void {
    const { control, hint } = this
    if (name === 'value')
      this.value = value === undefined || value === null ? '' : String(value as string)
    if (name === 'placeholder') {
      hint.textContent = this.text(name)
      control.setAttribute('aria-placeholder', this.text(name))
    }
    if (name === 'placeholder-style') hint.style.cssText = this.text(name)
    if (name === 'placeholder-class')
      hint.className = `wx-placeholder ${this.scoped(this.text(name))}`
    if (name === 'maxlength') setMost(control, this.number(name, 140))
    if (name === 'disabled') control.disabled = this.is(name)
    if (name === 'focus' && this.isConnected && this.is(name)) control.focus()
    if (name.startsWith('aria-') && name !== 'aria-role')
      passOn(control, name, this.text(name), () =>
        HTMLElement.prototype.removeAttribute.call(this, name),
      )
  }

  /** Classes may come after the attributes; the tree is whole when it is shown. */
  protected showHint(): void {
    this.hint.hidden = this.control.value !== ''
    const given = this.text('placeholder-class')
    if (given !== '') this.hint.className = `wx-placeholder ${this.scoped(given)}`
  }
}

export class WxInput extends WxField {
  constructor() {
    const control = document.createElement('input')
    super(control)
    control.autocomplete = 'off'
    control.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.isComposing)
        this.fire('confirm', { value: control.value })
    })
  }

  protected override changed(name: string, value: unknown): void {
    super.changed(name, value)
    const control = this.control as HTMLInputElement
    if (name === 'type') control.inputMode = modes[this.text(name)] ?? 'text'
    if (name === 'password' || name === 'type')
      control.type =
        this.is('password') || this.text('type') === 'safe-password' ? 'password' : 'text'
  }
}

export class WxTextarea extends WxField {
  private lines = 0

  constructor() {
    super(document.createElement('textarea'))
    this.control.addEventListener('input', () => this.grow())
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.grow()
  }

  protected override showHint(): void {
    super.showHint()
    this.grow()
  }

  private grow(): void {
    if (!this.is('auto-height') || !this.isConnected) return
    const { control } = this
    control.style.height = 'auto'
    const height = control.scrollHeight
    control.style.height = `${height}px`
    this.style.height = 'auto'
    const lineCount = Math.max(
      1,
      Math.round(height / (Number.parseFloat(getComputedStyle(control).lineHeight) || height)),
    )
    if (lineCount !== this.lines)
      this.fire('linechange', { height, heightRpx: (height * 750) / innerWidth, lineCount })
    this.lines = lineCount
  }
}

function setMost(control: Field, most: number): void {
  if (most < 0) control.removeAttribute('maxlength')
  else control.maxLength = most
}

/** The name belongs to what takes the focus, not to the box around it. */
function passOn(control: Field, name: string, text: string, removeHere: () => void): void {
  if (text === '') control.removeAttribute(name)
  else control.setAttribute(name, text)
  removeHere()
}
