import type { Reply } from '../../shared/contract/endpoint.ts'
import type { signUrl } from '../../shared/contract/session.ts'
import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { connectionOf } from './directory.ts'
import { signJsapi } from '../platforms/wecom/signature.ts'

interface SignOptions {
  kind: 'agent' | 'corp'
  page: string
  /** The client refused the last signature of this address. */
  refused: boolean
}

/**
 * Signs the address of the page, without its fragment, for the app in which the member signed in.
 * @throws Problem `host_not_trusted` for an address of somebody else
 */
export async function sign(
  ctx: Context,
  { corpId, agentId }: MemberSubject,
  { kind, page, refused }: SignOptions,
): Promise<Reply<typeof signUrl>> {
  const hash = page.indexOf('#')
  const url = hash < 0 ? page : page.slice(0, hash)
  const host = hostOf(url)
  const app = connectionOf(ctx, 'wecom_app', { corpId, platformId: agentId })
  if (!app.trustedHosts.includes(host))
    fail(
      'host_not_trusted',
      `${host} is not among the trusted hosts (${app.trustedHosts.join(', ')}); add it to WECOM_TRUSTED_HOSTS and to the app in WeCom`,
    )
  const { value: ticket } = await app.client.ticket(kind, { refused })
  const timestamp = Math.floor(ctx.clock.now().getTime() / 1000)
  const nonceStr = ctx.random.token(12)
  return {
    corpId,
    agentId: app.platformId,
    timestamp,
    nonceStr,
    signature: signJsapi({ ticket, nonceStr, timestamp, url }),
    url,
  }
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return fail('invalid_request', 'url: is not an address', {
      errors: [{ field: 'url', message: 'is not an address' }],
    })
  }
}
