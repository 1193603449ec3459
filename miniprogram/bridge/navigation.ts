import { toast } from './feedback.ts'
import { text } from './text.ts'

/** Our pages and the parameters of their addresses (docs/ARCHITECTURE.md). */
export type Page =
  | { page: 'home' }
  | { page: 'material'; share: string }
  | { page: 'workorder/new'; share?: string }
  | { page: 'workorder/list' }
  | { page: 'workorder/detail'; id: string }
  | { page: 'location/choose' }
  | { page: 'privacy' }

/** `pages/material/index?share=…`, without a leading slash, as share cards want it. */
export function pathOf(page: Page): string {
  switch (page.page) {
    case 'home':
    case 'privacy':
      return `pages/${page.page}/index`
    case 'material':
      return `pages/material/index?share=${page.share}`
    case 'workorder/new':
      return page.share ? `pages/workorder/new?share=${page.share}` : 'pages/workorder/new'
    case 'workorder/detail':
      return `pages/workorder/detail?id=${page.id}`
    default:
      return `pages/${page.page}`
  }
}

export function open(page: Page): void {
  // WeChat allows ten pages on the stack. Beyond them the page replaces the present one.
  void uni.navigateTo({ url: `/${pathOf(page)}`, fail: () => replace(page) })
}

export function replace(page: Page): void {
  // The package with the page may not be there: no network, or a new version just now.
  void uni.redirectTo({ url: `/${pathOf(page)}`, fail: () => toast(text.update.pageMissing) })
}

/** Goes back, or home when this page was the first (opened from a card). */
export function goBack(): void {
  if (getCurrentPages().length > 1) void uni.navigateBack()
  else
    void uni.reLaunch({
      url: `/${pathOf({ page: 'home' })}`,
      fail: () => toast(text.update.pageMissing),
    })
}

export function setTitle(title: string): void {
  void uni.setNavigationBarTitle({ title, fail: () => undefined })
}

/** Brings a part of the page into view, a little below the top edge. */
export function scrollTo(selector: string): void {
  void uni.pageScrollTo({ selector, offsetTop: -12, duration: 200, fail: () => undefined })
}

export function endPullDown(): void {
  uni.stopPullDownRefresh()
}
