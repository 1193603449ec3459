import type { Page } from './pages.ts'
import type { Tab } from './tabs.ts'
import type { Cover } from './usePages.ts'

export interface Colours {
  /** Behind the status bar, and what is written on it. */
  bar: string
  ink: string
  /** Behind the line at the lower edge. */
  bottom: string
}

/** The edges of the phone take the colours of what is on its screen. */
export function coloursOf(screen: {
  settings: boolean
  cover: Cover | null
  page: Page | null
  tab: Tab
}): Colours {
  const { settings, cover, page, tab } = screen
  if (settings) return plain
  if (cover) return cover.kind === 'mini' ? mini : plain
  if (page) return coloursOfPage(page)
  // The head of 我 goes up to the edge.
  return { ...plain, bar: tab === 'me' ? 'var(--wx-page)' : plain.bar, bottom: 'var(--wx-bar)' }
}

function coloursOfPage({ kind }: Page): Colours {
  if (kind === 'scan') return { bar: '#1d2126', ink: '#fff', bottom: 'var(--wx-page)' }
  return kind === 'chat' ? { ...plain, bottom: 'var(--wx-bar)' } : plain
}

const plain: Colours = { bar: 'var(--wx-back)', ink: 'var(--wx-ink)', bottom: 'var(--wx-back)' }
const mini: Colours = {
  bar: 'var(--wx-mini)',
  ink: 'var(--wx-mini-ink)',
  bottom: 'var(--wx-mini)',
}
