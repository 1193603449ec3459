import { onScopeDispose, ref, type Ref } from 'vue'

/** A short word over a window that goes away by itself. */
export function useToast(ms = 2200): {
  toast: Readonly<Ref<string | null>>
  show(words: string): void
} {
  const toast = ref<string | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))
  return {
    toast,
    show(words) {
      toast.value = words
      clearTimeout(timer)
      timer = setTimeout(() => (toast.value = null), ms)
    },
  }
}
