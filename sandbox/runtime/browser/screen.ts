import { type Bundle, type PageConfig, readConfig } from '../core/bundle.ts'
import type { OpenPage } from '../core/stack.ts'
import type { Styles } from './styles.ts'

export interface Screen {
  mount: (path: string) => { parent: HTMLElement; placeholder: HTMLElement }
  unmount: (parent: HTMLElement) => void
  shown: (page: OpenPage<HTMLElement>) => void
  setTitle: (title: string) => void
  readonly scroller: HTMLElement
  pull: () => void
  endPull: () => void
}

interface Wishes {
  /** The title or the page is another one. */
  placed: (page: OpenPage<HTMLElement>, title: string) => void
  tell: (method: string, argument?: object) => void
}

/** What is pulled down before a refresh begins. */
const pullPx = 60

/** The pages in the frame: each scrolls for itself, the one on top is seen. */
export function makeScreen(bundle: Bundle, styles: Styles, { placed, tell }: Wishes): Screen {
  const stage = document.querySelector<HTMLElement>('#pages') ?? document.body
  const titles = new WeakMap<HTMLElement, string>()
  const windowConfig = readConfig<{ window?: PageConfig }>(bundle, 'app.json').window ?? {}
  const configOf = (path: string): PageConfig => ({
    ...windowConfig,
    ...readConfig<PageConfig>(bundle, `${path}.json`),
  })
  let top: OpenPage<HTMLElement> | null = null
  let pulled = false

  const pull = () => {
    if (!top || pulled) return
    pulled = true
    top.parent.classList.add('wx-pulled')
    tell('onPullDownRefresh')
  }
  const endPull = () => {
    pulled = false
    for (const page of stage.children) page.classList.remove('wx-pulled')
  }

  function mount(path: string) {
    const parent = document.createElement('div')
    const placeholder = document.createElement('div')
    parent.className = 'wx-screen'
    parent.tabIndex = -1
    parent.append(placeholder)
    stage.append(parent)
    const {
      navigationBarTitleText = '',
      enablePullDownRefresh = false,
      onReachBottomDistance = 50,
    } = configOf(path)
    titles.set(parent, navigationBarTitleText)
    watchScroll(parent, onReachBottomDistance, tell)
    if (enablePullDownRefresh) watchPull(parent, pull)
    return { parent, placeholder }
  }

  return {
    mount,
    unmount: (parent) => parent.remove(),
    shown(page) {
      top = page
      endPull()
      for (const one of stage.children) one.classList.toggle('wx-below', one !== page.parent)
      styles.show(page.path)
      placed(page, titles.get(page.parent) ?? '')
    },
    setTitle(title) {
      if (!top) return
      titles.set(top.parent, title)
      placed(top, title)
    },
    get scroller() {
      return top?.parent ?? stage
    },
    pull,
    endPull,
  }
}

function watchScroll(page: HTMLElement, distance: number, tell: Wishes['tell']): void {
  let waits = false
  let isAtEnd = false
  page.addEventListener('scroll', () => {
    if (waits) return
    waits = true
    requestAnimationFrame(() => {
      waits = false
      if (!page.isConnected || page.classList.contains('wx-below')) return
      tell('onPageScroll', { scrollTop: page.scrollTop })
      const isNear = page.scrollHeight - page.scrollTop - page.clientHeight <= distance
      if (isNear && !isAtEnd) tell('onReachBottom')
      isAtEnd = isNear
    })
  })
}

/** A finger or a pressed mouse that goes down from the top of the page. */
function watchPull(page: HTMLElement, pull: () => void): void {
  let from: number | null = null
  page.addEventListener(
    'pointerdown',
    ({ clientY }) => (from = page.scrollTop <= 0 ? clientY : null),
  )
  page.addEventListener('pointermove', ({ clientY, buttons }) => {
    if (from === null || buttons === 0 || clientY - from < pullPx) return
    from = null
    pull()
  })
  for (const end of ['pointerup', 'pointercancel']) page.addEventListener(end, () => (from = null))
}
