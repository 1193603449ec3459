import { useSession } from '../bridge/session.ts'
import { useLaterText } from '../ui/later-words.ts'
import { useToast } from '../ui/useToast.ts'
import { usePush } from './push-store.ts'

export interface Pushing {
  push: (materialId: string) => Promise<void>
  /**
   * Pushes one after the other, and stops at the first that WeCom does not take. Returns those that
   * were not pushed.
   */
  pushAll: (materialIds: readonly string[]) => Promise<string[]>
}

/** Pushes and shows the outcome in a toast. A failure is explained below the material instead. */
export function usePushing(): Pushing {
  const session = useSession()
  const store = usePush()
  const { show } = useToast()
  const words = useLaterText()
  async function push(materialId: string): Promise<void> {
    const { push: said } = words.value
    const sent = () => {
      if (session.toOpenChat) return said.sentToChat
      return session.chatId ? said.sentToGroup : said.sent(session.customerName ?? said.customer)
    }
    const state = await store.push(materialId)
    if (state?.step === 'sent') show(sent())
    if (state?.step === 'cancelled') show(said.cancelled, 'quiet')
  }

  async function pushAll(materialIds: readonly string[]): Promise<string[]> {
    const left = [...materialIds]
    for (const id of materialIds) {
      const state = await store.push(id)
      if (state?.step !== 'sent') break
      left.shift()
    }
    const done = materialIds.length - left.length
    const { pushedSelected, stoppedAt } = words.value.materials
    if (left.length === 0) show(pushedSelected(done))
    else show(stoppedAt(done, left.length), 'quiet')
    return left
  }

  return { push, pushAll }
}
