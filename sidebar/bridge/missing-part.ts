import { ref, type Ref } from 'vue'
import type { Router } from 'vue-router'
import { type BuiltPage, meetMissingPart } from '../../shared/client/new-build.ts'

/**
 * Meets parts of the sidebar that could not be loaded, as after a deploy. The page is loaded anew
 * at the tab that the rep wanted, or the result turns true and the page says so.
 */
export function watchParts(router: Router, reload = () => location.reload()): Ref<boolean> {
  const missing = ref(false)
  let wanted: string | undefined
  const page: BuiltPage = {
    entry: entryOf(document),
    document: async () => (await fetch(location.pathname, { cache: 'no-store' })).text(),
    storage: {
      getItem: (name) => sessionStorage.getItem(name),
      setItem: (name, value) => sessionStorage.setItem(name, value),
    },
    reload() {
      if (wanted !== undefined) location.hash = wanted
      reload()
    },
  }
  router.onError((_, to) => {
    wanted = to.fullPath
  })
  router.afterEach((_to, _from, failure) => {
    if (!failure) missing.value = false
  })
  window.addEventListener('vite:preloadError', () => {
    void meetMissingPart(page).then((outcome) => {
      missing.value = outcome === 'stays'
    })
  })
  return missing
}

/** The address of the script as the document names it, which a new build changes. */
function entryOf({ scripts }: Document): string | undefined {
  const entry = [...scripts].find(({ type, src }) => type === 'module' && src !== '')
  return entry?.getAttribute('src') ?? undefined
}
