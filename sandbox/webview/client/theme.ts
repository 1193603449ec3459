import { override } from './disguise.ts'
import type { Facts } from './facts.ts'

type Theme = Facts['theme']

const asked = /\(\s*prefers-color-scheme\s*(?::\s*(light|dark|no-preference)\s*)?\)/gi
const always = '(min-width: 0px)'
const never = '(max-width: -1px)'

/** A media query in which the client's theme is decided already. */
export function decided(query: string, theme: Theme): string {
  return query.replace(asked, (_all, value?: string) =>
    value === undefined || value.toLowerCase() === theme ? always : never,
  )
}

/**
 * A client's browser follows the client's theme: pages read it as `prefers-color-scheme`. The frame
 * is one of the desk's browser, which has a theme of its own, so the question is answered here: in
 * `matchMedia`, and in the style sheets, by rewriting their conditions.
 */
export function followTheme(facts: Facts) {
  const key = `sandbox.theme.${facts.id}`
  let theme = themeOf(sessionStorage.getItem(key)) ?? facts.theme
  const original = new WeakMap<MediaList, string>()
  const queries = new Set<ThemedQuery>()
  const matchMedia = window.matchMedia.bind(window)

  const listOf = (media: MediaList) => {
    const text = original.get(media) ?? media.mediaText
    if (!/prefers-color-scheme/i.test(text)) return
    original.set(media, text)
    const wanted = decided(text, theme)
    if (media.mediaText !== wanted) media.mediaText = wanted
  }
  const rulesOf = (rules: CSSRuleList) => {
    for (const rule of rules) {
      if (rule instanceof CSSMediaRule) listOf(rule.media)
      if (rule instanceof CSSImportRule) {
        listOf(rule.media)
        if (rule.styleSheet) sheetOf(rule.styleSheet)
      } else if ('cssRules' in rule) rulesOf(rule.cssRules as CSSRuleList)
    }
  }
  const sheetOf = (sheet: CSSStyleSheet) => {
    listOf(sheet.media)
    try {
      rulesOf(sheet.cssRules)
    } catch {
      // A sheet of another origin cannot be read; it keeps the browser's own theme.
    }
  }
  const apply = () => {
    for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) sheetOf(sheet)
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="color-scheme"]'))
      if (meta.content !== theme) meta.content = theme
    for (const list of queries) list.follow()
  }

  class ThemedQuery extends EventTarget {
    onchange: ((event: Event) => void) | null = null
    readonly media: string
    private before: boolean
    constructor(media: string) {
      super()
      this.media = media
      this.before = this.matches
    }
    get matches() {
      return matchMedia(decided(this.media, theme)).matches
    }
    addListener(listener: EventListener | null) {
      this.addEventListener('change', listener)
    }
    removeListener(listener: EventListener | null) {
      this.removeEventListener('change', listener)
    }
    follow() {
      const { matches, media } = this
      if (matches === this.before) return
      this.before = matches
      const event = Object.assign(new Event('change'), { matches, media })
      this.onchange?.(event)
      this.dispatchEvent(event)
    }
  }

  override(window, {
    matchMedia: (query: string) => {
      if (!/prefers-color-scheme/i.test(query)) return matchMedia(query)
      const list = new ThemedQuery(query)
      queries.add(list)
      return list
    },
  })
  window.addEventListener(
    'message',
    ({ source, data }: MessageEvent<{ sandbox?: string; theme?: string } | null>) => {
      const told = data?.sandbox === 'theme' ? themeOf(data.theme) : undefined
      if (source !== window.parent || told === undefined) return
      theme = told
      sessionStorage.setItem(key, theme)
      apply()
    },
  )
  new MutationObserver((changes) => {
    if (changes.some(concernsStyle)) apply()
  }).observe(document, { subtree: true, childList: true, characterData: true })
  // A linked sheet is there only when it has loaded.
  document.addEventListener('load', ({ target }) => isStyle(target) && apply(), true)
  apply()
}

/** Most changes of a page are none of its styles; to look at every rule after each is too much. */
function concernsStyle({ target, addedNodes }: MutationRecord): boolean {
  return isStyle(target) || isStyle(target.parentNode) || [...addedNodes].some(holdsStyle)
}

function holdsStyle(node: Node): boolean {
  return isStyle(node) || (node instanceof Element && node.querySelector(styles) !== null)
}

const styles = 'style, link, meta[name="color-scheme"]'

function isStyle(node: unknown): boolean {
  return node instanceof Element && node.matches(styles)
}

function themeOf(value: unknown): Theme | undefined {
  return value === 'light' || value === 'dark' ? value : undefined
}
