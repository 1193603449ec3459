import { SignInError } from './failures.ts'
import { isH5 } from './platform.ts'

/** More departures within a minute mean that signing in leads nowhere. */
const mostDepartures = 2
const withinMs = 60_000
const guardKey = 'chatside.departures'

/** The secret of a sign-in that this page began. It stays in this tab. */
const secretKey = 'chatside.sign-in-secret'

/**
 * Takes the single-use ticket of the sign-in out of the address, so that a reload or a copied link
 * does not contain it. A ticket is good only with the secret of the page that began, so a link that
 * somebody else began is worth nothing here.
 */
export function takeTicket(): { ticket: string; verifier: string } | null {
  const ticket = /[?&]ticket=([^&#]+)/.exec(location.search)?.[1]
  if (ticket === undefined) return null
  const verifier = sessionStorage.getItem(secretKey)
  sessionStorage.removeItem(secretKey)
  const search = location.search.replace(/([?&])ticket=[^&#]+&?/, '$1').replace(/[?&]$/, '')
  history.replaceState(history.state, '', location.pathname + search + location.hash)
  return verifier === null ? null : { ticket: decodeURIComponent(ticket), verifier }
}

/** Forgets what this tab knows of a visitor's sign-in. */
export function forgetSignIn(): void {
  if (!isH5) return
  for (const key of [secretKey, guardKey]) sessionStorage.removeItem(key)
}

/** Makes the secret of this sign-in. Returns what the server may know of it (RFC 7636). */
async function makeChallenge(): Promise<Record<string, string>> {
  const secret = base64url(crypto.getRandomValues(new Uint8Array(32)))
  sessionStorage.setItem(secretKey, secret)
  // A page over plain http, as in a test installation, has no digests.
  const subtle = (crypto as Partial<Crypto>).subtle
  if (!subtle) return { challenge: secret, method: 'plain' }
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return { challenge: base64url(new Uint8Array(digest)) }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Returns the corp of this site, where one address serves several; otherwise undefined. */
export function corpOfAddress(): string | undefined {
  const corp = /[?&]corp=([^&#]+)/.exec(location.search)?.[1]
  return corp && decodeURIComponent(corp)
}

/**
 * Goes to the sign-in page, which comes back to this very address. It never resolves, because the
 * page is being left.
 */
export async function leaveForSignIn(path: '/auth/wechat' | '/auth/wecom'): Promise<never> {
  const departures = recentDepartures(Date.now())
  if (departures.length >= mostDepartures) {
    sessionStorage.removeItem(guardKey)
    throw new SignInError('sign_in_loop', `${departures.length} departures within a minute`)
  }
  sessionStorage.setItem(guardKey, JSON.stringify([...departures, Date.now()]))
  const corp = corpOfAddress()
  const query = new URLSearchParams({
    ...(corp && { corp }),
    ...(path === '/auth/wechat' && (await makeChallenge())),
    to: location.pathname + location.search + location.hash,
  })
  location.replace(`${path}?${query.toString()}`)
  return new Promise(() => undefined)
}

function recentDepartures(now: number): number[] {
  const stored = sessionStorage.getItem(guardKey)
  const times: unknown = stored === null ? [] : JSON.parse(stored)
  return Array.isArray(times)
    ? times.filter((time): time is number => typeof time === 'number' && now - time < withinMs)
    : []
}
