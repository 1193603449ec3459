import { createHash } from 'node:crypto'
import { stateOf } from '../state/grants.ts'
import type { Grant, World } from '../state/world.ts'

/**
 * WW-90506: `sha1` over ticket, nonce, timestamp and the page's address without its fragment, in
 * this order, nothing encoded.
 */
export function jsapiSignature(
  ticket: string,
  nonceStr: string,
  timestamp: string,
  url: string,
): string {
  const [page = ''] = url.split('#')
  return createHash('sha1')
    .update(`jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${page}`)
    .digest('hex')
}

export interface Signed {
  nonceStr: string
  timestamp: string
  url: string
  signature: string
}

/** The living ticket that gives the signature, of whatever kind and owner. */
export function signingTicket(world: World, signed: Signed): Grant | undefined {
  return [...world.grants, ...world.recalled].find(
    (one) =>
      one.kind.endsWith('ticket') &&
      stateOf(world, one) === 'valid' &&
      jsapiSignature(one.value, signed.nonceStr, signed.timestamp, signed.url) === signed.signature,
  )
}

/** A trusted domain or a child of one; the port counts (WW-96912 item 13). */
export function isTrusted(world: World, url: string): boolean {
  const { host } = new URL(url)
  return world.trustedHosts.some((trusted) => host === trusted || host.endsWith(`.${trusted}`))
}
