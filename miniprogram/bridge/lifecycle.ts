import { onHide, onShow, onUnload } from '@dcloudio/uni-app'
import { onUnmounted } from 'vue'
import { isH5 } from './platform.ts'

export interface PageLife {
  show(): void
  hide(): void
  /** The page is gone for good. */
  leave(): void
}

/**
 * Called from a page's setup. `show` and `hide` may come twice, because events of WeChat and
 * browsers overlap.
 */
export function usePageLife(life: PageLife): void {
  onShow(life.show)
  onHide(life.hide)
  onUnload(life.leave)
  if (!isH5) return
  const visibility = () => (document.visibilityState === 'hidden' ? life.hide() : life.show())
  document.addEventListener('visibilitychange', visibility)
  window.addEventListener('pagehide', life.leave)
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', visibility)
    window.removeEventListener('pagehide', life.leave)
  })
}

/**
 * Signs of life beyond taps and scrolls. Pages report these themselves, and in a desktop client the
 * reader has a mouse and keys.
 */
export function useSignsOfLife(touch: () => void): void {
  if (!isH5) return
  const kinds = ['pointermove', 'pointerdown', 'wheel', 'keydown'] as const
  kinds.forEach((kind) => window.addEventListener(kind, touch, { passive: true }))
  onUnmounted(() => kinds.forEach((kind) => window.removeEventListener(kind, touch)))
}
