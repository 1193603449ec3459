import type { Call } from '../../shared/client/call.ts'
import type { Reply } from '../../shared/contract/endpoint.ts'
import { signUrl } from '../../shared/contract/session.ts'

export type Signature = Reply<typeof signUrl>

const timeoutMs = 8_000

/**
 * Signs page addresses. It asks for the first signature while the session is still being read,
 * which saves a round trip before the customer is on screen. That signature is used once; a later
 * call means that the SDK wants a new one.
 */
export function makeSigner(call: Call) {
  let early: { url: string; signature: Promise<Signature> } | undefined
  const ask = (kind: 'agent' | 'corp', url: string, refused = false) =>
    call(
      signUrl,
      { query: { kind, url, ...(refused && { refused: '1' as const }) } },
      { timeoutMs },
    )

  return {
    askEarly(url: string): void {
      early = { url, signature: ask('agent', url) }
      early.signature.catch(() => undefined)
    },
    /** @param refused the client did not take the last signature of this address */
    sign(kind: 'agent' | 'corp', url: string, refused = false): Promise<Signature> {
      const taken = kind === 'agent' && early?.url === url && !refused ? early.signature : undefined
      early = undefined
      return taken ?? ask(kind, url, refused)
    },
  }
}
