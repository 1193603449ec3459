import { computed, type ComputedRef } from 'vue'
import type { DeskState, Webview } from '../../api.ts'
import { useWorld } from '../world/useWorld.ts'

/** What pages and mini programs ask the person who holds the phone, and the answers. */
export function useAnswers(
  props: Readonly<{ state: DeskState }>,
  mine: ComputedRef<Webview[]>,
  forwarded: () => void,
) {
  const world = useWorld()
  const forwarding = computed(() => mine.value.find((webview) => webview.pendingForward) ?? null)
  const choosing = computed(() => mine.value.find((webview) => webview.pendingChoice) ?? null)
  const asking = computed(() => props.state.devices.wechat.pendingLocation)
  const askingProgram = computed(
    () => props.state.miniprograms.find((one) => one.name === asking.value?.appName) ?? null,
  )

  return {
    forwarding,
    choosing,
    asking,
    /** The mini program that asks for the position; null for a page. */
    askingProgram,
    async answerForward(conversationId: string | null) {
      const webview = forwarding.value
      if (!webview) return
      const isSent = await world.answerForward({ webviewId: webview.id, conversationId })
      if (isSent && conversationId !== null) forwarded()
    },
    async answerChoice(answer: string[] | null): Promise<boolean> {
      const webview = choosing.value
      return webview?.pendingChoice
        ? world.answerChoice({ webviewId: webview.id, id: webview.pendingChoice.id, answer })
        : false
    },
    async answerLocation(allow: boolean): Promise<boolean> {
      return asking.value ? world.answerLocation(asking.value.id, allow) : false
    },
  }
}
