import { type BuiltPage, meetMissingPart } from '../../shared/client/new-build.ts'
import { isH5 } from './platform.ts'
import { text } from './text.ts'

/**
 * Takes care of a new build while this one runs. H5 meets files that are gone; a mini program is
 * told by WeChat that a new package is there.
 */
export function watchBuild(): void {
  if (isH5) window.addEventListener('vite:preloadError', () => void meet())
  else watchUpdates()
}

async function meet(): Promise<void> {
  if ((await meetMissingPart(h5Page())) === 'reloads') return
  const { partMissing, partMissingHint, reload } = text.update
  ask(partMissing, partMissingHint, reload, () => location.reload())
}

function h5Page(): BuiltPage {
  const entry = [...document.scripts].find(({ type, src }) => type === 'module' && src !== '')
  return {
    entry: entry?.getAttribute('src') ?? undefined,
    document: async () => (await fetch(location.pathname, { cache: 'no-store' })).text(),
    storage: {
      getItem: (name) => sessionStorage.getItem(name),
      setItem: (name, value) => sessionStorage.setItem(name, value),
    },
    reload: () => location.reload(),
  }
}

/** WeChat fetches a new package by itself, and runs it only after the next cold start. */
function watchUpdates(): void {
  // Base libraries before 1.9.90 have none.
  if (!uni.canIUse('getUpdateManager')) return
  const updates = uni.getUpdateManager()
  updates.onUpdateReady(() => {
    const { ready, readyHint, restart } = text.update
    ask(ready, readyHint, restart, () => updates.applyUpdate())
  })
}

function ask(title: string, content: string, confirmText: string, act: () => void): void {
  const cancelText = text.common.cancel
  void uni.showModal({
    title,
    content,
    confirmText,
    // WeChat takes four letters at most.
    ...(cancelText.length <= 4 && { cancelText }),
    success: ({ confirm }) => confirm && act(),
  })
}
