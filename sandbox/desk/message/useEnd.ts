import { nextTick, onMounted, onUnmounted, watch, type Ref } from 'vue'

/** Nearer to the end than this the reader is at it. */
const nearEnd = 80

type Box = Readonly<Ref<HTMLElement | null>>

/**
 * Keeps the end of a list in sight while pictures load, windows change and messages come in. A
 * reader who has scrolled up stays there, unless the newest message is her own.
 */
export function useEnd(
  box: Box,
  inner: Box,
  last: () => { id: string; isMine: boolean } | undefined,
) {
  let atEnd = true

  function toEnd() {
    if (box.value) box.value.scrollTop = box.value.scrollHeight
  }

  const watcher = new ResizeObserver(() => {
    if (atEnd) toEnd()
  })
  onMounted(() => {
    toEnd()
    for (const { value } of [box, inner]) if (value) watcher.observe(value)
  })
  onUnmounted(() => watcher.disconnect())
  watch(
    () => last()?.id,
    async () => {
      const newest = last()
      // A reader further up is not torn away by somebody else's message.
      if (!atEnd && newest && !newest.isMine) return
      atEnd = true
      await nextTick()
      toEnd()
    },
  )

  return {
    onScroll() {
      const element = box.value
      if (element) atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd
    },
    /** Something grows above the reader, who keeps her place. */
    async keepPlace(grow: () => void) {
      const element = box.value
      atEnd = false
      const fromEnd = element ? element.scrollHeight - element.scrollTop : 0
      grow()
      await nextTick()
      if (element) element.scrollTop = element.scrollHeight - fromEnd
    },
  }
}
