import { useSession } from '../bridge/session.ts'
import { useToast } from '../ui/useToast.ts'
import { useText } from '../ui/words.ts'
import { usePush } from './push-store.ts'

/** Pushes and says in a toast how it ended; a failure is explained below the material instead. */
export function usePushing(): (materialId: string) => Promise<void> {
  const session = useSession()
  const store = usePush()
  const { show } = useToast()
  const text = useText()
  return async (materialId) => {
    const words = text.value.push
    const sent = () => {
      if (session.toOpenChat) return words.sentToChat
      return session.chatId ? words.sentToGroup : words.sent(session.customerName ?? words.customer)
    }
    const state = await store.push(materialId)
    if (state?.step === 'sent') show(sent())
    if (state?.step === 'cancelled') show(words.cancelled, 'quiet')
  }
}
