import { type Bundle, readConfig, type TabBar } from '../core/bundle.ts'
import { element } from './dialogs/layer.ts'
import { words } from './words.ts'
import { asynchronous, numberOf, type Options, Refused, textOf, type WxFunction } from './wx/api.ts'

/** tabBar of app.json: WeChat's bar below the pages, seen while one of its own is on top. */
export interface Tabs {
  shown: (path: string) => void
  functions: Record<string, WxFunction>
}

interface Wishes {
  locate: (address: string) => string
  tapped: (path: string, item: { index: number; pagePath: string; text: string }) => void
}

export function makeTabs(bundle: Bundle, { locate, tapped }: Wishes): Tabs {
  const bar = readConfig<{ tabBar?: TabBar }>(bundle, 'app.json').tabBar
  const list = bar?.list ?? []
  const items = list.map(({ pagePath, text }, index) => {
    const words = element('span', { textContent: text })
    const badge = element('i', { className: 'wx-badge', hidden: true })
    const picture = element('img', { alt: '' })
    const tab = element('button', {
      type: 'button',
      role: 'tab',
      children: [picture, words, badge],
      onclick: () => tapped(`/${pagePath}`, { index, pagePath, text: words.textContent }),
    })
    return { tab, words, badge, picture }
  })
  const row = element('nav', {
    className: 'wx-tabs',
    role: 'tablist',
    ariaLabel: words.tabs,
    hidden: true,
    children: items.map(({ tab }) => tab),
  })
  let isHidden = false
  let at = -1

  const show = () => {
    row.hidden = at === -1 || isHidden
    document.body.classList.toggle('wx-with-tabs', !row.hidden)
    items.forEach(({ tab, picture }, index) => {
      const { iconPath = '', selectedIconPath = iconPath } = list[index] ?? {}
      const icon = index === at ? selectedIconPath : iconPath
      picture.hidden = icon === ''
      if (icon !== '') picture.src = locate(`/${icon.replace(/^\//, '')}`)
      tab.ariaSelected = String(index === at)
      tab.style.color = (index === at ? bar?.selectedColor : bar?.color) ?? ''
    })
  }
  if (bar) {
    row.style.background = bar.backgroundColor ?? ''
    document.body.append(row)
  }
  const item = (options: Options) => {
    const found = items[numberOf(options, 'index', -1)]
    if (!found) throw new Refused('tabbar item not found')
    return found
  }
  const setBadge = (options: Options, text: string | null) => {
    const { badge } = item(options)
    badge.hidden = text === null
    badge.textContent = text
  }
  const setHidden = (now: boolean) => {
    if (at === -1) throw new Refused('not TabBar page')
    isHidden = now
    show()
  }
  return {
    shown(path) {
      at = list.findIndex(({ pagePath }) => pagePath === path)
      show()
    },
    functions: asynchronous({
      setTabBarBadge: (options) =>
        setBadge(options, textOf(options, 'text').length > 4 ? '…' : textOf(options, 'text')),
      removeTabBarBadge: (options) => setBadge(options, null),
      showTabBarRedDot: (options) => setBadge(options, ''),
      hideTabBarRedDot: (options) => setBadge(options, null),
      showTabBar: () => setHidden(false),
      hideTabBar: () => setHidden(true),
      setTabBarItem(options) {
        const { words } = item(options)
        if (options.text !== undefined) words.textContent = textOf(options, 'text')
      },
    }),
  }
}
