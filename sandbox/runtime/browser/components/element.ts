import type { GlassElement } from '../../core/glass.ts'

/**
 * What elements need of the mini program that they stand in. Set once, before the first page is
 * drawn.
 */
export interface Surroundings {
  /** Tells the mini program of an event. */
  fire: (element: GlassElement, name: string, detail: unknown, extra?: object) => void
  /**
   * Where the browser finds a picture or film: on the mini program's own domain, among the phone's
   * files, or on the web.
   */
  locate: (address: string) => string
  /** A button's `open-type`. */
  openType: (type: string, button: WxElement) => void
  /** A function of `wx`. */
  call: (name: string, options: Record<string, unknown>) => unknown
  mapTilesUrl: string
}

let surroundings: Surroundings

export function surround(now: Surroundings): void {
  surroundings = now
}

export function around(): Surroundings {
  return surroundings
}

const pressableRoles = new Set([
  'button',
  'link',
  'radio',
  'checkbox',
  'switch',
  'tab',
  'menuitem',
  'option',
])

/**
 * A built-in component. glass-easel writes attributes as text; what was really bound (false,
 * numbers, arrays, undefined) it keeps, and that is what a component obeys. `aria-role` becomes a
 * role, and what a finger can tap a keyboard reaches.
 */
export class WxElement extends HTMLElement {
  /** Set by glass-easel. */
  __wxElement?: GlassElement

  override setAttribute(name: string, text: string): void {
    const value = this.__wxElement ? this.__wxElement.getAttribute(name) : text
    if (name === 'aria-role') this.takeRole(typeof value === 'string' ? value : '')
    // An unset value is no attribute: an empty one would count as true.
    else if (value === undefined && name !== 'style' && name !== 'class')
      super.removeAttribute(name)
    else super.setAttribute(name, text)
    this.changed(name, value === null ? text : value)
  }

  override removeAttribute(name: string): void {
    super.removeAttribute(name)
    this.changed(name, undefined)
  }

  fire(name: string, detail: unknown, extra: object = {}): void {
    if (this.__wxElement) surroundings.fire(this.__wxElement, name, detail, extra)
  }

  /** What is bound to an attribute now. */
  bound(name: string): unknown {
    return this.__wxElement?.getAttribute(name) ?? undefined
  }

  /** An attribute as WeChat reads a boolean: present without a value is true. */
  is(name: string): boolean {
    const value = this.bound(name)
    return value === '' || value === 'true' || (Boolean(value) && value !== 'false')
  }

  text(name: string): string {
    const value = this.bound(name)
    return value === undefined || value === true ? '' : String(value as string | number)
  }

  number(name: string, otherwise: number): number {
    const value = this.bound(name)
    const number = typeof value === 'number' ? value : Number.parseFloat(this.text(name))
    return Number.isFinite(number) ? number : otherwise
  }

  /**
   * The classes that a name given as text (`placeholder-class`, a class in rich-text) has in the
   * tree: shared, or with its component's prefix.
   */
  scoped(names: string): string {
    const prefixes = new Set(
      [...this.classList].flatMap((one) =>
        one.includes('--') ? [one.slice(0, one.indexOf('--') + 2)] : [],
      ),
    )
    const given = names.split(/\s+/).filter((one) => one !== '')
    return given.flatMap((one) => [one, ...[...prefixes].map((prefix) => prefix + one)]).join(' ')
  }

  /** An attribute of the element itself, of which glass-easel knows nothing; null takes it away. */
  protected mark(name: string, text: string | null): void {
    if (text === null) super.removeAttribute(name)
    else super.setAttribute(name, text)
  }

  protected changed(_name: string, _value: unknown): void {
    // most components show their attributes by CSS
  }

  private takeRole(role: string): void {
    if (role === '') return super.removeAttribute('role')
    super.setAttribute('role', role)
    if (pressableRoles.has(role)) super.setAttribute('tabindex', '0')
    return undefined
  }
}
