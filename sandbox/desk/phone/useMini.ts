import { computed, onUnmounted, ref, watch, type Ref } from 'vue'
import type { DeskState, OpenWebview } from '../../api.ts'
import { useSettings } from '../world/useSettings.ts'
import { pageOf, pathOf } from './mini-page.ts'

export type MiniProps = Readonly<{
  state: DeskState
  customerId: string
  appid: string
  page: string
  fallbackName: string
}>

/** What the bar and the menu of a mini program tell the page in its frame. */
interface Frame {
  menu: (item: 'share' | 'close') => void
}

const forwardMs = 2500
const sinkingMs = 240

/** An open mini program: what is asked for, where it is, and how it goes. */
export function useMini(
  props: MiniProps,
  view: Readonly<Ref<Frame | null>>,
  tell: { close: () => void; notice: (words: string) => void },
) {
  const { text } = useSettings()
  /** Of its webview, once the frame is open. */
  const id = ref<string | null>(null)
  /** Its web build instead of the compiled mini program. */
  const isH5 = ref(false)
  /**
   * The page that stands first on the mini program's stack: only above it there is something to go
   * back to.
   */
  const first = ref(pathOf(props.page))
  const closing = ref(false)

  const app = computed(
    () => props.state.miniprograms.find((one) => one.appid === props.appid) ?? null,
  )
  const request = computed<OpenWebview>(() => ({
    device: 'wechat',
    userId: props.customerId,
    miniprogram: {
      appid: props.appid,
      page: props.page,
      ...(isH5.value && { build: 'h5' as const }),
    },
  }))
  const webview = computed(() => props.state.webviews.find((one) => one.id === id.value) ?? null)
  const at = computed(() => (webview.value ? pageOf(webview.value.url) : null) ?? first.value)
  const deeper = computed(() => at.value !== first.value)
  watch(request, () => (first.value = pathOf(props.page)))

  let waiting: ReturnType<typeof setTimeout> | undefined
  onUnmounted(() => clearTimeout(waiting))
  watch(
    () => webview.value?.pendingForward,
    (pending) => {
      if (pending) clearTimeout(waiting)
    },
  )

  return {
    id,
    isH5,
    request,
    webview,
    at,
    deeper,
    closing,
    face: computed(() => ({
      name: app.value?.name ?? props.fallbackName,
      url: app.value?.iconUrl ?? null,
    })),
    awayFromHome: computed(
      () => !deeper.value && first.value !== pathOf(props.state.miniprogramHome),
    ),
    /**
     * It goes down slowly enough to hear that it is closed, and to send what it has still to send.
     */
    close() {
      closing.value = true
      view.value?.menu('close')
      waiting = setTimeout(tell.close, sinkingMs)
    },
    /**
     * WeChat greys this out on pages without share data. The page is only asked now, so the answer
     * may be silence.
     */
    forward() {
      view.value?.menu('share')
      waiting = setTimeout(() => {
        if (!webview.value?.pendingForward) tell.notice(text.value.mini.noForward)
      }, forwardMs)
    },
  }
}
