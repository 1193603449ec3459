import { useSession } from '../bridge/session.ts'
import { useLaterText } from '../ui/later-words.ts'
import { useToast } from '../ui/useToast.ts'
import { usePush } from './push-store.ts'

/** Pushes and shows the outcome in a toast. A failure is explained below the material instead. */
export function usePushing(): (materialId: string) => Promise<void> {
  const session = useSession()
  const store = usePush()
  const { show } = useToast()
  const words = useLaterText()
  return async (materialId) => {
    const { push } = words.value
    const sent = () => {
      if (session.toOpenChat) return push.sentToChat
      return session.chatId ? push.sentToGroup : push.sent(session.customerName ?? push.customer)
    }
    const state = await store.push(materialId)
    if (state?.step === 'sent') show(sent())
    if (state?.step === 'cancelled') show(push.cancelled, 'quiet')
  }
}
