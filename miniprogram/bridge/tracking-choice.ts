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

/**
 * What this phone was told last, so that nothing is reported before the server has been asked
 * again.
 */
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
 * Called once at launch. Asks whenever somebody has signed in, and never signs in for it: the home
 * page needs nobody's name.
 */
export function keepChoice(): void {
  // The tracker has stopped by itself; the page shows it.
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
 * A "no" is obeyed at once and taken back only when the server did not hear it, because then the
 * page says so; a "yes" counts when the server has it.
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

/** The next visitor on this phone has not chosen anything yet. */
export function forgetChoice(): void {
  tracker.setEnabled(false)
  allowed.value = true
  tracker.setEnabled(true)
  save(storageKey, false)
}
