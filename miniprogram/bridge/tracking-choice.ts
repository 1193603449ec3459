import { ref, type Ref } from 'vue'
import {
  chooseTracking,
  getPrivacy,
  type PrivacyChoice,
  privacyTextVersion,
} from '../../shared/contract/privacy.ts'
import { call } from './api.ts'
import { isMember, isSignedIn, onSignedIn } from './session.ts'
import { load, save } from './storage.ts'
import { inEnglish } from './text.ts'
import { onSilenced, tracker } from './tracking.ts'

const storageKey = 'chatside.tracking-off'

/** The last known choice on this phone, so that nothing is reported before the server was asked. */
const allowed = ref(load(storageKey) !== true)
if (!allowed.value) tracker.setEnabled(false)

/** Whether reading is recorded, as far as this phone knows. */
export function useTrackingAllowed(): Readonly<Ref<boolean>> {
  return allowed
}

function obey(tracking: boolean): void {
  if (tracking === allowed.value) return
  allowed.value = tracking
  tracker.setEnabled(tracking)
  save(storageKey, !tracking)
}

/**
 * Called once at launch. Reads the choice after every sign-in, but never signs in for it: the home
 * page needs nobody's name.
 */
export function keepChoice(): void {
  // The tracker has stopped by itself. The page shows the choice.
  onSilenced(() => obey(false))
  const ask = () => void loadChoice().catch(() => undefined)
  onSignedIn(ask)
  if (isSignedIn() && !isMember()) ask()
}

export async function loadChoice(): Promise<PrivacyChoice> {
  const choice = await call(getPrivacy)
  obey(choice.tracking)
  return choice
}

/**
 * Stores a choice. A "no" counts at once, and is undone only when the server did not receive it,
 * because the page reports that. A "yes" counts once the server has it.
 */
export async function choose(agreed: boolean): Promise<PrivacyChoice> {
  const before = allowed.value
  if (!agreed) obey(false)
  try {
    const body = {
      agreed,
      textVersion: privacyTextVersion,
      locale: inEnglish ? ('en' as const) : ('zh-CN' as const),
    }
    const choice = await call(chooseTracking, { body })
    obey(choice.tracking)
    return choice
  } catch (failure) {
    obey(before)
    throw failure
  }
}

/** The next visitor on this phone has not chosen yet. */
export function forgetChoice(): void {
  tracker.setEnabled(false)
  allowed.value = true
  tracker.setEnabled(true)
  save(storageKey, false)
}
