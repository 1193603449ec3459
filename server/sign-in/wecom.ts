import type { Context as KoaContext } from 'koa'
import type { Context } from '../base/context.ts'
import { memberCookie } from '../base/http/session/identify.ts'
import { fail, Problem } from '../base/problem.ts'
import { connectionById, connectionOf, onlyCorp } from '../connections/index.ts'
import { memberSeen } from '../contacts/index.ts'
import { isErrcode } from '../platforms/platform-error.ts'
import type { WecomClient } from '../platforms/wecom/client.ts'
import { endSignIn, parameter, readTo, setCookie, startSignIn } from './state.ts'

const memberSeconds = 12 * 60 * 60

/**
 * `GET /auth/wecom?corp=&agent=&to=`: redirects to WeCom's authorize page. Without `agent` it uses
 * the corp's main app, and without `corp` the only corp of this server.
 */
export async function startWecomSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const corpId = parameter(koa, 'corp') ?? onlyCorp(ctx).corpId
  const app = connectionOf(ctx, 'wecom_app', { corpId, platformId: parameter(koa, 'agent') })
  const to = readTo(ctx, parameter(koa, 'to'), '/sidebar/')
  const state = await startSignIn(ctx, koa, 'wecom_state', { to, connectionId: app.id })
  koa.redirect(app.client.authorizeUrl(`${ctx.config.publicUrl}/auth/wecom/callback`, state))
}

/** `GET /auth/wecom/callback?code=&state=`: sets the member's cookie and redirects back. */
export async function endWecomSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const { code, to, connectionId } = await endSignIn(ctx, koa, 'wecom_state')
  const { client, corpId, platformId } = connectionById(ctx, 'wecom_app', connectionId)
  const userId = await memberOf(client, code)
  await checkRange(ctx, client, { corpId, userId })
  const subject = { kind: 'member', corpId, userId, agentId: platformId } as const
  const { token } = ctx.sessions.sign(subject, memberSeconds)
  setCookie(ctx, koa, memberCookie, token, { path: '/', seconds: memberSeconds })
  koa.redirect(to)
}

async function memberOf(client: WecomClient, code: string): Promise<string> {
  try {
    const who = await client.getUserInfo(code)
    return who.kind === 'member' ? who.userId : fail('not_a_member')
  } catch (error) {
    // 40029 also means "used already": WW-91023
    if (isErrcode(error, 40029, 42003, 42022))
      throw new Problem('code_invalid', error.message, { cause: error })
    throw error
  }
}

/**
 * Checks that the app's visible range contains the member: WeCom describes only these. When WeCom
 * cannot be asked, the code has already proved a member.
 */
async function checkRange(
  ctx: Context,
  client: WecomClient,
  { corpId, userId }: { corpId: string; userId: string },
): Promise<void> {
  try {
    await memberSeen(ctx, corpId, await client.getUser(userId))
  } catch (error) {
    if (isErrcode(error, 50002, 60011, 60111))
      throw new Problem('member_out_of_range', error.message, { cause: error })
    if (!(error instanceof Problem)) throw error
    ctx.log.warn({ err: error, userId }, 'signed in, but WeCom did not tell the name')
  }
}
