/** The browser functions that signing in uses; tests give their own. */
export interface SignInPlace {
  /** Current path, query and fragment. The rep comes back to it. */
  here: () => string
  /**
   * The page's absolute address without its fragment. The client compares the signature with it.
   */
  page: () => string
  go: (address: string) => void
  now: () => number
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined
}

const attemptKey = 'chatside-signing-in'
/** The rep has signed out in this window: only the rep signs in again. */
const signedOutKey = 'chatside-signed-out'
/**
 * A return within this time without a session means that signing in does not help: the browser
 * refuses the cookie, or the link is wrong.
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
 * Returns the address that starts OAuth. `corp` and `agent` of the page's own address choose the
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
 * Leaves for OAuth once. The rep's input is part of the page's address, so it is there again
 * afterwards.
 * @returns false when that was tried a moment ago, when an attempt could not be remembered (then
 * only the rep's own retry may leave), or when the page did not leave
 */
export async function signInOnce(place: SignInPlace): Promise<boolean> {
  if (!place.storage || isSignedOut(place)) return false
  const last = Number(place.storage.getItem(attemptKey) ?? 0)
  if (place.now() - last < loopMs) return false
  signInNow(place)
  // The page is going away, so no caller should show a failure meanwhile.
  await new Promise((resolve) => setTimeout(resolve, leaveMs))
  return false
}

/** Signs in because the rep asked for it. */
export function signInNow(place: SignInPlace): void {
  place.storage?.removeItem(signedOutKey)
  place.storage?.setItem(attemptKey, String(place.now()))
  place.go(signInAddress(place.here()))
}

/** Stops the page from signing in by itself, also after a reload. */
export function rememberSignOut(place: SignInPlace): void {
  place.storage?.setItem(signedOutKey, '1')
}

export function forgetSignOut(place: SignInPlace): void {
  place.storage?.removeItem(signedOutKey)
}

export function isSignedOut(place: SignInPlace): boolean {
  return Boolean(place.storage?.getItem(signedOutKey))
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
