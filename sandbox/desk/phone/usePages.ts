import { computed, ref } from 'vue'
import type { Page } from './pages.ts'

/**
 * What lies over all pages of WeChat: a mini program, or a page in its browser. `turn` tells two
 * visits of the same one apart.
 */
export type Cover =
  | { kind: 'mini'; appid: string; page: string; name: string; turn: number }
  | { kind: 'browser'; url: string; title: string; turn: number }

/** Where the person is in WeChat. */
export function usePages() {
  const stack = ref<Page[]>([])
  const cover = ref<Cover | null>(null)
  let turn = 0

  return {
    /** Null: WeChat's tabs are in sight. */
    page: computed<Page | null>(() => stack.value.at(-1) ?? null),
    cover,
    open(page: Page) {
      // Going to where one came from goes back instead of piling up.
      const at = stack.value.findIndex((one) => JSON.stringify(one) === JSON.stringify(page))
      stack.value = at === -1 ? [...stack.value, page] : stack.value.slice(0, at + 1)
    },
    back() {
      stack.value = stack.value.slice(0, -1)
    },
    home() {
      stack.value = []
      cover.value = null
    },
    openMini(appid: string, page: string, name: string) {
      turn += 1
      cover.value = { kind: 'mini', appid, page, name, turn }
    },
    openUrl(url: string, title = '') {
      turn += 1
      cover.value = { kind: 'browser', url, title, turn }
    },
  }
}
