import { WxElement } from './element.ts'

/** A component that a form collects by its `name`. */
export interface Control {
  readonly formValue: unknown
  reset(): void
}

/**
 * A tap on `<button form-type>` inside gives the values of all named controls, or sets them back.
 */
export class WxForm extends WxElement {
  constructor() {
    super()
    this.addEventListener('wx-form', (event) => {
      event.stopPropagation()
      const type = (event as CustomEvent<string>).detail
      if (type === 'submit')
        this.fire('submit', {
          value: this.values(),
          ...(this.is('report-submit') && { formId: 'the formId is no longer available' }),
        })
      if (type !== 'reset') return
      this.controls().forEach((control) => control.reset())
      this.fire('reset', {})
    })
  }

  connectedCallback(): void {
    this.mark('role', 'form')
  }

  private values(): Record<string, unknown> {
    const named = this.controls().filter((control) => control.text('name') !== '')
    return Object.fromEntries(named.map((control) => [control.text('name'), control.formValue]))
  }

  private controls(): (WxElement & Control)[] {
    return [...this.querySelectorAll('*')].filter(isControl)
  }
}

/** A tap on the words is a tap on the control: the one named by `for`, else the first inside. */
export class WxLabel extends WxElement {
  constructor() {
    super()
    this.addEventListener('click', ({ target }) => {
      const inside =
        target instanceof Element
          ? target.closest('wx-switch, wx-checkbox, wx-radio, wx-button, wx-input, wx-textarea')
          : null
      if (inside && this.contains(inside)) return
      const wanted = this.text('for')
      const pool =
        wanted === ''
          ? this.querySelectorAll<WxElement>('*')
          : (this.closest('wx-page') ?? document).querySelectorAll<WxElement>('*')
      const found = [...pool].find((node) =>
        wanted === '' ? isPressed(node) : node.__wxElement?.id === wanted,
      )
      if (!found) return
      found.click()
      found.querySelector<HTMLElement>('input, textarea')?.focus()
    })
  }
}

const pressed = new Set([
  'WX-SWITCH',
  'WX-CHECKBOX',
  'WX-RADIO',
  'WX-BUTTON',
  'WX-INPUT',
  'WX-TEXTAREA',
])

function isPressed(node: Element): boolean {
  return pressed.has(node.tagName)
}

function isControl(node: Element): node is WxElement & Control {
  return node instanceof WxElement && 'formValue' in node
}
