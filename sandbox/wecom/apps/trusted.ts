import type { World } from '../../state/world.ts'
import type { App } from './state.ts'

/**
 * Is this host, port included, a trusted domain (可信域名) of the app? Others than these give no
 * code and are refused with 50001 (WW-91022, 91023).
 */
export function isTrustedHost(
  { trustedHosts }: Pick<World, 'trustedHosts'>,
  app: App,
  host: string,
): boolean {
  return trustedHosts.includes(host) || app.trustedHosts.includes(host) || hostOf(app.home) === host
}

/** The host of an absolute web address, port included. */
export function hostOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { host, protocol } = new URL(url)
  return protocol === 'http:' || protocol === 'https:' ? host : undefined
}
