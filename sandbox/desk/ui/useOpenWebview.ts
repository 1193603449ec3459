import { computed, onUnmounted, ref, shallowRef, watch } from 'vue'
import type { OpenedWebview, OpenWebview } from '../../api.ts'
import { useSettings } from '../world/useSettings.ts'
import { useWorld } from '../world/useWorld.ts'

/** After so long without a page the frame says that it takes long. */
const slowMs = 6000

/**
 * Keeps a webview of the sandbox open for a request. Another request means another webview, and one
 * that died with its scene is opened anew. It is given back at the end.
 */
export function useOpenWebview(request: () => OpenWebview, isOpened: (id: string) => void) {
  const world = useWorld()
  const { theme } = useSettings()
  const opened = shallowRef<OpenedWebview | null>(null)
  const loaded = ref(false)
  const slow = ref(false)
  const failure = ref<string | null>(null)
  /**
   * Whether the sandbox's state has named our webview yet: only then does its absence mean that it
   * died.
   */
  let known = false
  let turn = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function isAlive(id: string): boolean {
    return world.state.value?.webviews.some((webview) => webview.id === id) ?? false
  }

  function drop() {
    if (opened.value) world.closeWebview(opened.value.id)
    opened.value = null
    clearTimeout(timer)
  }

  async function open() {
    const mine = ++turn
    drop()
    known = false
    loaded.value = false
    slow.value = false
    failure.value = null
    timer = setTimeout(() => (slow.value = true), slowMs)
    try {
      const answer = await world.openWebview({ ...request(), theme: theme.value })
      if (mine !== turn) return world.closeWebview(answer.id)
      opened.value = answer
      // The stream is often faster than the answer.
      known = isAlive(answer.id)
      isOpened(answer.id)
    } catch (cause) {
      if (mine === turn) failure.value = cause instanceof Error ? cause.message : String(cause)
    }
  }

  // As text: a request that is made anew and says the same is the same.
  const wanted = computed(() => JSON.stringify(request()))
  watch(wanted, open, { immediate: true })
  watch(world.state, () => {
    const id = opened.value?.id
    if (!id) return
    if (isAlive(id)) known = true
    else if (known) {
      // It died with its scene: there is nothing to give back.
      opened.value = null
      void open()
    }
  })
  onUnmounted(() => {
    turn += 1
    drop()
  })

  return {
    opened,
    loaded,
    slow,
    failure,
    open,
    arrived() {
      loaded.value = true
      clearTimeout(timer)
    },
  }
}
