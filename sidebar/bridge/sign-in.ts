/** What signing in touches in the browser; tests give their own. */
export interface SignInPlace {
  /** Current path, query and fragment: where the rep comes back to. */
  here: () => string
  /**
   * The page's absolute address without its fragment: what the client checks a signature against.
   */
  page: () => string
  go: (address: string) => void
  now: () => number
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined
}

const attemptKey = 'chatside-signing-in'
/**
 * Coming back within this time still without a session means that signing in does not help: the
 * cookie is refused, or the link is wrong.
 */
const loopMs = 60_000
const leaveMs = 10_000

export function browserPlace(): SignInPlace {
  return {
    here: () => location.pathname + location.search + location.hash,
    page: () => location.href.split('#')[0] ?? '',
    go: (address) => location.assign(address),
    now: () => Date.now(),
    storage: sessionStorageIfAllowed(),
  }
}

/**
 * The address that starts OAuth; `corp` and `agent` of the page's own address choose the
 * connection.
 */
export function signInAddress(here: string): string {
  const query = new URLSearchParams(here.split('#')[0]?.split('?')[1] ?? '')
  const wanted = new URLSearchParams()
  for (const name of ['corp', 'agent']) {
    const value = query.get(name)
    if (value) wanted.set(name, value)
  }
  wanted.set('to', here)
  return `/auth/wecom?${wanted.toString()}`
}

/**
 * Leaves for OAuth once. What the rep typed is part of the page's address, so it is there again
 * afterwards.
 * @returns false when that was tried just now, when an attempt could not be remembered (then only
 * the rep's own retry may leave), or when the page did not leave
 */
export async function signInOnce(place: SignInPlace): Promise<boolean> {
  if (!place.storage) return false
  const last = Number(place.storage.getItem(attemptKey) ?? 0)
  if (place.now() - last < loopMs) return false
  signInNow(place)
  // The page is going away: nothing that waits for this should show a failure meanwhile.
  await new Promise((resolve) => setTimeout(resolve, leaveMs))
  return false
}

/** The rep asked for it. */
export function signInNow(place: SignInPlace): void {
  place.storage?.setItem(attemptKey, String(place.now()))
  place.go(signInAddress(place.here()))
}

export function forgetSignIn(place: SignInPlace): void {
  place.storage?.removeItem(attemptKey)
}

/** Reading `sessionStorage` throws where the webview forbids it. */
function sessionStorageIfAllowed(): SignInPlace['storage'] {
  try {
    return window.sessionStorage
  } catch {
    return undefined
  }
}
