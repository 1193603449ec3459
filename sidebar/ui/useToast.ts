import { shallowRef } from 'vue'

export interface Toast {
  text: string
  tone: 'done' | 'quiet'
}

const shownMs = 3_000
const toast = shallowRef<Toast | null>(null)
let timer: ReturnType<typeof setTimeout> | undefined

/**
 * One short sentence over the page, which is read aloud and disappears. For messages that need no
 * answer.
 */
export function useToast() {
  function show(text: string, tone: Toast['tone'] = 'done'): void {
    clearTimeout(timer)
    toast.value = { text, tone }
    timer = setTimeout(() => (toast.value = null), shownMs)
  }
  return { toast, show }
}
