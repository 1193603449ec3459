import type { GlassElement } from '../core/glass.ts'
import { WxButton } from './components/button.ts'
import { around, WxElement } from './components/element.ts'

/** hover-start-time, hover-stay-time and the time of a long press, in WeChat's own milliseconds. */
const times = { hoverStart: 50, hoverStay: 400, press: 350 }
/** glass-easel keeps the classes of an element in segments; this one is for passing states. */
const passing = 3

interface Point {
  clientX: number
  clientY: number
}

/**
 * What a finger, a mouse or a keyboard does, as WeChat's events: touchstart, touchmove, touchend,
 * tap, longpress; and the look of what is pressed.
 */
export function watchTouch(root: HTMLElement): void {
  const touch = (name: string) => (event: PointerEvent) => {
    if (name === 'touchmove' && event.buttons === 0) return
    const at = describe(event)
    const rest = name === 'touchend' || name === 'touchcancel' ? [] : [at]
    tell(event, name, {}, { touches: rest, changedTouches: [at] })
  }
  root.addEventListener('pointerdown', touch('touchstart'))
  root.addEventListener('pointermove', touch('touchmove'))
  root.addEventListener('pointerup', touch('touchend'))
  root.addEventListener('pointercancel', touch('touchcancel'))
  watchPress(root)
  root.addEventListener('click', (event) => {
    tell(
      event,
      'tap',
      { x: event.clientX, y: event.clientY },
      { touches: [], changedTouches: [describe(event)] },
    )
    const button = pathOf(event).find((node) => node instanceof WxButton)
    if (button instanceof WxButton) button.open()
  })
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    const target = event.target
    if (!(target instanceof WxElement) || !target.hasAttribute('tabindex')) return
    event.preventDefault()
    target.click()
  })
}

function watchPress(root: HTMLElement): void {
  let timer = 0
  root.addEventListener('pointerdown', (event) => {
    const at = describe(event)
    const path = pathOf(event)
    clearTimeout(timer)
    timer = window.setTimeout(
      () =>
        tellAt(
          path,
          'longpress',
          { x: at.clientX, y: at.clientY },
          { touches: [at], changedTouches: [at] },
        ),
      times.press,
    )
    const hovered = path.find((node) => node instanceof WxElement && hoverOf(node) !== '')
    if (hovered instanceof WxElement) press(hovered)
  })
  for (const end of ['pointerup', 'pointercancel', 'pointermove'])
    root.addEventListener(end, () => clearTimeout(timer))
}

function press(element: WxElement): void {
  const start = element instanceof WxButton ? 20 : times.hoverStart
  const timer = setTimeout(
    () => element.__wxElement?.setNodeClass(hoverOf(element), passing),
    start,
  )
  const end = () => {
    clearTimeout(timer)
    setTimeout(
      () => element.__wxElement?.setNodeClass('', passing),
      element instanceof WxButton ? 70 : times.hoverStay,
    )
    for (const one of ['pointerup', 'pointercancel']) removeEventListener(one, end)
  }
  for (const one of ['pointerup', 'pointercancel']) addEventListener(one, end)
}

function hoverOf(element: WxElement): string {
  if (element.is('disabled')) return ''
  const given = element.text('hover-class')
  return given === 'none' ? '' : given
}

function tell(event: Event, name: string, detail: object, extra: object): void {
  tellAt(pathOf(event), name, detail, extra)
}

/**
 * The innermost element of the mini program; what a built-in component consists of is nothing to
 * it.
 */
function tellAt(path: EventTarget[], name: string, detail: object, extra: object): void {
  for (const node of path) {
    const element = (node as { __wxElement?: GlassElement }).__wxElement
    if (element) return around().fire(element, name, detail, extra)
  }
}

function pathOf(event: Event): EventTarget[] {
  return event.composedPath()
}

function describe({
  clientX,
  clientY,
}: Point): Point & { identifier: number; pageX: number; pageY: number } {
  return { identifier: 0, clientX, clientY, pageX: clientX, pageY: clientY }
}
