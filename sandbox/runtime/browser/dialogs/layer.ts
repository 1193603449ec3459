/** What WeChat draws over the pages of a mini program, in the order of its appearance. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  {
    children = [],
    ...properties
  }: Partial<Omit<HTMLElementTagNameMap[K], 'children' | 'style'>> & {
    children?: (Node | string)[]
  } = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  Object.assign(made, properties)
  made.append(...children)
  return made
}

interface Dialog<T> {
  label: string
  place: 'bottom' | 'middle' | 'full'
  /** Draws the inside; `close` answers. */
  draw: (close: (answer: T) => void) => (Node | string)[]
  /** What Escape and a tap beside it answer; none: they do nothing. */
  dismissed?: T
}

/** Shows a dialog and waits for its answer. The focus comes back afterwards. */
export function openDialog<T>({ label, place, draw, ...rest }: Dialog<T>): Promise<T> {
  return new Promise((resolve) => {
    const before = document.activeElement
    const close = (answer: T) => {
      veil.remove()
      if (place !== 'full') tellPhone()
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
      resolve(answer)
    }
    const dismiss = () => {
      if ('dismissed' in rest) close(rest.dismissed as T)
    }
    const box = element('div', {
      className: 'over-box',
      role: 'dialog',
      ariaModal: 'true',
      ariaLabel: label,
      tabIndex: -1,
    })
    const veil = element('div', { className: `over-veil over-${place}`, children: [box] })
    box.append(...draw(close))
    veil.addEventListener('click', (event) => {
      if (event.target === veil) dismiss()
    })
    veil.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') dismiss()
    })
    layer().append(veil)
    if (place !== 'full') tellPhone()
    box.focus({ preventScroll: true })
  })
}

/** WeChat's bar above the frame is drawn by the phone: it grows dark with the page. */
function tellPhone(): void {
  const isOpen = layer().querySelector('.over-bottom, .over-middle') !== null
  window.parent.postMessage({ sandbox: 'dialog', isOpen }, '*')
}

/**
 * A shadow tree, so that no style of the mini program reaches what WeChat draws. Made at the start,
 * or the first dialog would be seen undressed.
 */
export function layer(): ShadowRoot {
  const host = document.querySelector('#over')
  if (!host) throw new Error('the frame has no layer for dialogs')
  if (host.shadowRoot) return host.shadowRoot
  const root = host.attachShadow({ mode: 'open' })
  root.append(element('link', { rel: 'stylesheet', href: '/_webview/mini/over.css' }))
  return root
}

export function button(words: string, className: string, press: () => void): HTMLButtonElement {
  return element('button', { type: 'button', className, textContent: words, onclick: press })
}
