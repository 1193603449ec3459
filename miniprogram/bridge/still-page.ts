import { onBeforeUnmount, onMounted } from 'vue'
import { isH5 } from './platform.ts'

/**
 * Keeps the H5 page behind a sheet from scrolling, also by wheel and keys. In the mini program a
 * sheet catches the touches. Two sheets may be open: the page moves again after the last.
 */
export function useStillPage(): void {
  if (!isH5) return
  onMounted(() => change(1))
  onBeforeUnmount(() => change(-1))
}

function change(step: 1 | -1): void {
  const { dataset, style } = document.documentElement
  const sheets = Number(dataset['sheets'] ?? 0) + step
  dataset['sheets'] = String(sheets)
  style.overflow = sheets > 0 ? 'hidden' : ''
}
