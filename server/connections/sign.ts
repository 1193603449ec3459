import type { Reply } from '../../shared/contract/endpoint.ts'
import type { signUrl } from '../../shared/contract/session.ts'
import type { Context } from '../base/context.ts'
import { fail } from '../base/problem.ts'
import { signJsapi } from '../platforms/wecom/signature.ts'

interface SignOptions {
  kind: 'agent' | 'corp'
  page: string
  /** The client refused the last signature of this address. */
  refused: boolean
}

/** Signs what the client sees, minus the fragment; never an address of somebody else's. */
export async function sign(
  ctx: Context,
  { kind, page, refused }: SignOptions,
): Promise<Reply<typeof signUrl>> {
  const hash = page.indexOf('#')
  const url = hash < 0 ? page : page.slice(0, hash)
  const host = hostOf(url)
  const { corpId, agentId, trustedHosts } = ctx.config.wecom
  if (!trustedHosts.includes(host))
    fail(
      'host_not_trusted',
      `${host} is not among the trusted hosts (${trustedHosts.join(', ')}); add it to WECOM_TRUSTED_HOSTS and to the app in WeCom`,
    )
  const { value: ticket } = await ctx.wecom.ticket(kind, { refused })
  const timestamp = Math.floor(ctx.clock.now().getTime() / 1000)
  const nonceStr = ctx.random.token(12)
  return {
    corpId,
    agentId,
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
