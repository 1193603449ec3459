import type { Context as KoaContext } from 'koa'
import type { Context } from '../base/context.ts'
import { memberSeen } from '../contacts/index.ts'
import { memberCookie } from '../base/http/session/identify.ts'
import { isErrcode } from '../platforms/platform-error.ts'
import { fail, Problem } from '../base/problem.ts'
import { endSignIn, readTo, setCookie, startSignIn } from './state.ts'

const memberSeconds = 12 * 60 * 60

/** `GET /auth/wecom?corp=&agent=&to=`: off to WeCom's authorize page. */
export async function startWecomSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const { corp, agent, to } = koa.query
  const { corpId, agentId } = ctx.config.wecom
  if ((corp !== undefined && corp !== corpId) || (agent !== undefined && agent !== agentId))
    fail('corp_unknown', 'This installation serves another corp or app')
  const state = await startSignIn(
    ctx,
    koa,
    'wecom_state',
    readTo(ctx, typeof to === 'string' ? to : undefined, '/sidebar/'),
  )
  koa.redirect(ctx.wecom.authorizeUrl(`${ctx.config.publicUrl}/auth/wecom/callback`, state))
}

/** `GET /auth/wecom/callback?code=&state=`: the member's cookie, and back to where it started. */
export async function endWecomSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const { code, to } = await endSignIn(ctx, koa, 'wecom_state')
  const userId = await memberOf(ctx, code)
  const { corpId } = ctx.config.wecom
  await checkRange(ctx, corpId, userId)
  setCookie(
    ctx,
    koa,
    memberCookie,
    ctx.sessions.sign({ kind: 'member', corpId, userId }, memberSeconds).token,
    {
      path: '/',
      seconds: memberSeconds,
    },
  )
  koa.redirect(to)
}

async function memberOf(ctx: Context, code: string): Promise<string> {
  try {
    const who = await ctx.wecom.getUserInfo(code)
    return who.kind === 'member' ? who.userId : fail('not_a_member')
  } catch (error) {
    // 40029 also means "used already": WW-91023
    if (isErrcode(error, 40029, 42003, 42022))
      throw new Problem('code_invalid', error.message, { cause: error })
    throw error
  }
}

/**
 * WeCom tells of members within the app's visible range only. When it cannot be asked, the code has
 * already said that this is a member.
 */
async function checkRange(ctx: Context, corpId: string, userId: string): Promise<void> {
  try {
    await memberSeen(ctx, corpId, await ctx.wecom.getUser(userId))
  } catch (error) {
    if (isErrcode(error, 50002, 60011, 60111))
      throw new Problem('member_out_of_range', error.message, { cause: error })
    if (!(error instanceof Problem)) throw error
    ctx.log.warn({ err: error, userId }, 'signed in, but WeCom did not tell the name')
  }
}
