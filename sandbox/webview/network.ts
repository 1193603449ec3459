import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Network } from '../api.ts'
import type { World } from '../state/world.ts'
import { deviceOf } from './webviews.ts'

const weakDelay = 2000
const cutEvery = 5

/**
 * How a request of the phone fares: it gets through, it never arrives, or it arrives and its answer
 * is lost.
 */
export type Fate = 'through' | 'request lost' | 'answer lost'

/**
 * The customer's connection, between the pages on the phone and our product. `carry` sees each
 * request before it is passed on; the phone's requests wait or are lost as `devices.network` says,
 * everybody else's go on at once.
 */
export function connectPhone(world: World) {
  const open = new Set<ServerResponse>()
  let network: Network = world.devices.network
  let count = 0

  world.listeners.add((event) => {
    if (event.type !== 'changed' || world.devices.network === network) return
    network = world.devices.network
    count = 0
    for (const response of open)
      if (network === 'offline' || (network === 'weak' && response.headersSent)) response.destroy()
  })

  /**
   * On a weak network the fifth request of ten is lost on its way, the tenth on its way back: both
   * happen, and a page must live with either.
   */
  function nextFate(): Fate {
    count += 1
    if (count % cutEvery !== 0) return 'through'
    return count % (2 * cutEvery) === 0 ? 'answer lost' : 'request lost'
  }

  return function carry(
    request: IncomingMessage,
    response: ServerResponse,
    passOn: (fate: Fate) => void,
  ) {
    if (!isPhones(world, request)) return passOn('through')
    open.add(response)
    response.on('close', () => open.delete(response))
    if (world.devices.network === 'good') return passOn('through')
    if (world.devices.network === 'offline') return passOn('request lost')
    const fate = nextFate()
    const timer = setTimeout(() => passOn(fate), weakDelay)
    return response.on('close', () => clearTimeout(timer))
  }
}

const mark = 'x-sandbox-webview'
const markInQuery = /([?&])_webview=([^&]*)&?/

/**
 * Whether a page on the phone asks. Its script names the webview with each call; what a page loads
 * by itself is known by the page it stands in, and whoever bears the customer's token or asks for
 * the customer's pages is the customer.
 */
function isPhones(world: World, { headers, url = '' }: IncomingMessage): boolean {
  const name = headers[mark] ?? markInQuery.exec(url)?.[2]
  if (typeof name === 'string') return deviceOf(name) === 'wechat'
  if (isCustomers(headers, url)) return true
  const page = headers.referer?.split('#')[0]
  const windows = [...world.webviews.values()].filter(
    (one) => page !== undefined && one.url.split('#')[0] === page,
  )
  return windows.length > 0 && windows.every(({ device }) => device === 'wechat')
}

/** Bearer tokens, the H5 pages and their sign-in. */
export function isCustomers(headers: IncomingMessage['headers'], url: string): boolean {
  return (
    headers.authorization?.startsWith('Bearer ') === true ||
    /^\/(h5|auth\/wechat)(\/|\?|$)/.test(url)
  )
}

/** The request as the page meant it. */
export function unmarked({ headers, url = '' }: IncomingMessage): {
  headers: IncomingMessage['headers']
  url: string
} {
  const { [mark]: _mark, ...rest } = headers
  return { headers: rest, url: url.replace(markInQuery, '$1').replace(/[?&]$/, '') }
}
