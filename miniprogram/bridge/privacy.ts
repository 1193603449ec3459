import { ref } from 'vue'
import { isWeixin } from './platform.ts'

/** The id of the dialog's agree button. WeChat wants to know which button was tapped. */
export const agreeButtonId = 'privacy-agree'

type Resolve = (
  answer:
    | { event: 'exposureAuthorization' }
    | { event: 'agree'; buttonId: string }
    | { event: 'disagree' },
) => void

/** True while WeChat waits for the user's answer to the privacy guide. */
export const privacyAsked = ref(false)

/** What is asked for: the number behind the phone button, or place and photos. */
export const privacyPurpose = ref<'phone' | 'order'>('order')

/** The typings leave out the argument of the listener. */
interface WithPrivacy {
  onNeedPrivacyAuthorization?(
    listener: (resolve: Resolve, event?: { referrer?: string }) => void,
  ): void
}

let waiting: Resolve[] = []

/**
 * WeChat calls this when code uses a private API before the user agreed (2.32.3+). Every `resolve`
 * must be called, or that API hangs.
 */
export function watchPrivacy(): void {
  if (!isWeixin) return
  const { onNeedPrivacyAuthorization } = wx as unknown as WithPrivacy
  onNeedPrivacyAuthorization?.((resolve, event) => {
    waiting.push(resolve)
    privacyPurpose.value = /phone/i.test(event?.referrer ?? '') ? 'phone' : 'order'
    privacyAsked.value = true
    resolve({ event: 'exposureAuthorization' })
  })
}

export function answerPrivacy(agreed: boolean): void {
  const answers = waiting
  waiting = []
  privacyAsked.value = false
  answers.forEach((resolve) =>
    resolve(agreed ? { event: 'agree', buttonId: agreeButtonId } : { event: 'disagree' }),
  )
}

export function openPrivacyContract(): void {
  if (isWeixin) wx.openPrivacyContract({ fail: () => undefined })
}
