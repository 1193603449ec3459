import { onBeforeUnmount, watch, type Ref } from 'vue'

/**
 * Calls `reached` when the element comes within a screen's height of view, and again when it is
 * still there after a change of `again`.
 */
export function useEndReached(
  element: Ref<HTMLElement | null>,
  reached: () => void,
  again: () => unknown,
): void {
  if (typeof IntersectionObserver === 'undefined') return
  let near = false
  const observer = new IntersectionObserver(
    ([entry]) => {
      near = entry?.isIntersecting ?? false
      if (near) reached()
    },
    { rootMargin: '0px 0px 600px' },
  )
  watch(
    element,
    (now, before) => {
      if (before) observer.unobserve(before)
      near = false
      if (now) observer.observe(now)
    },
    { immediate: true, flush: 'post' },
  )
  watch(again, () => near && reached(), { flush: 'post' })
  onBeforeUnmount(() => observer.disconnect())
}
