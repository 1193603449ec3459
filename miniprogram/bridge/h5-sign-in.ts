import { SignInError } from './failures.ts'

/** More departures than this within a minute mean that signing in leads nowhere. */
const mostDepartures = 2
const withinMs = 60_000
const guardKey = 'chatside.departures'

/**
 * The single-use ticket that the sign-in put into the address; takes it out, so that a reload or a
 * copied link does not carry it.
 */
export function takeTicket(): string | null {
  const ticket = /[?&]ticket=([^&#]+)/.exec(location.search)?.[1]
  if (ticket === undefined) return null
  const search = location.search.replace(/([?&])ticket=[^&#]+&?/, '$1').replace(/[?&]$/, '')
  history.replaceState(history.state, '', location.pathname + search + location.hash)
  return decodeURIComponent(ticket)
}

/** Which corp's site this is, where one address serves several; undefined where it serves one. */
export function corpOfAddress(): string | undefined {
  const corp = /[?&]corp=([^&#]+)/.exec(location.search)?.[1]
  return corp && decodeURIComponent(corp)
}

/**
 * Goes to the sign-in page and comes back to this very address. Never resolves: the page is being
 * left.
 */
export function leaveForSignIn(path: '/auth/wechat' | '/auth/wecom'): Promise<never> {
  const departures = recentDepartures(Date.now())
  if (departures.length >= mostDepartures) {
    sessionStorage.removeItem(guardKey)
    return Promise.reject(
      new SignInError('sign_in_loop', `${departures.length} departures within a minute`),
    )
  }
  sessionStorage.setItem(guardKey, JSON.stringify([...departures, Date.now()]))
  const corp = corpOfAddress()
  const to = encodeURIComponent(location.pathname + location.search + location.hash)
  location.replace(`${path}?${corp ? `corp=${encodeURIComponent(corp)}&` : ''}to=${to}`)
  return new Promise(() => undefined)
}

function recentDepartures(now: number): number[] {
  const stored = sessionStorage.getItem(guardKey)
  const times: unknown = stored === null ? [] : JSON.parse(stored)
  return Array.isArray(times)
    ? times.filter((time): time is number => typeof time === 'number' && now - time < withinMs)
    : []
}
