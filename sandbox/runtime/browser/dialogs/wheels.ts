import { words } from '../words.ts'
import { button, element, openDialog } from './layer.ts'

interface Wheels {
  title: string
  /** The words of each wheel; asked again after each turn, because one may depend on another. */
  columns: () => string[][]
  at: number[]
  turned: (column: number, to: number) => void
  /** Where the wheels stand after one was turned, if one turns another. */
  places?: () => number[]
}

/**
 * WeChat's wheels at the bottom of the screen: where each one stands, or null when the person
 * cancels.
 */
export function openWheels({
  title,
  columns,
  at,
  turned,
  places: standing,
}: Wheels): Promise<number[] | null> {
  const places = [...at]
  /** Of the wheels that still turn. */
  const timers = new Map<Element, number>()
  return openDialog<number[] | null>({
    label: title || words.choose,
    place: 'bottom',
    dismissed: null,
    draw(close) {
      const wheels = element('div', { className: 'wheels' })
      const redraw = () =>
        columns().forEach((list, column) => {
          places[column] = Math.min(places[column] ?? 0, list.length - 1)
          const wheel =
            wheels.children[column] ??
            wheels.appendChild(element('div', { className: 'wheel', role: 'listbox', tabIndex: 0 }))
          fill(timers, wheel as HTMLElement, list, places[column] ?? 0, (to) => {
            places[column] = to
            turned(column, to)
            places.splice(0, places.length, ...(standing?.() ?? places))
            redraw()
          })
        })
      redraw()
      return [
        element('div', {
          className: 'wheels-head',
          children: [
            button(words.cancel, 'plain', () => close(null)),
            element('strong', { textContent: title }),
            button(words.sure, 'plain main', () => close(places)),
          ],
        }),
        wheels,
      ]
    },
  })
}

function fill(
  timers: Map<Element, number>,
  wheel: HTMLElement,
  list: string[],
  at: number,
  turn: (to: number) => void,
): void {
  const options = list.map((one, index) =>
    element('div', {
      role: 'option',
      textContent: one,
      ariaSelected: String(index === at),
      onclick: () => turn(index),
    }),
  )
  wheel.replaceChildren(...options)
  wheel.onkeydown = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key] ?? 0
    if (step === 0) return
    event.preventDefault()
    turn(Math.min(list.length - 1, Math.max(0, at + step)))
  }
  // What an older turn was still waiting for is no longer so.
  clearTimeout(timers.get(wheel))
  let isPlaced = false
  wheel.onscroll = () => {
    clearTimeout(timers.get(wheel))
    if (!isPlaced) return
    // The wheel stands still: its middle is what is chosen.
    const settle = () => {
      const to = Math.round(wheel.scrollTop / 40)
      if (to !== at && to >= 0 && to < list.length) turn(to)
    }
    timers.set(wheel, window.setTimeout(settle, 120))
  }
  const place = () => {
    wheel.scrollTop = at * 40
    isPlaced = true
  }
  if (wheel.isConnected) place()
  else requestAnimationFrame(place)
}
