import type { Context as KoaContext } from 'koa'
import * as v from 'valibot'
import type { VisitorToken } from '../../shared/contract/session.ts'
import type { Context } from '../base/context.ts'
import { isErrcode } from '../platforms/platform-error.ts'
import { fail, Problem } from '../base/problem.ts'
import { personOf, visitorSeen } from '../identity/index.ts'
import type { WechatUser } from '../platforms/wechat/client.ts'
import { keepOnce, takeOnce } from './once.ts'
import { endSignIn, readTo, startSignIn } from './state.ts'

/** A mini program signs in again without the customer noticing. */
const visitorSeconds = 7 * 24 * 60 * 60
const ticketSeconds = 60

const Ticket = v.object({ identityId: v.string() })

/** `POST /api/miniprogram/session` */
export async function signInMiniprogram(
  ctx: Context,
  { appId, code }: { appId: string; code: string },
): Promise<v.InferOutput<typeof VisitorToken>> {
  const user = await codeChecked(ctx.wechat.codeToSession(appId, code))
  const { identityId, personId } = await seen(ctx, appId, user)
  return token(ctx, identityId, personId)
}

/** `GET /auth/wechat?to=`: off to the official account's silent authorize page. */
export async function startWechatSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const { to } = koa.query
  const state = await startSignIn(
    ctx,
    koa,
    'wechat_state',
    readTo(ctx, typeof to === 'string' ? to : undefined, '/h5/'),
  )
  koa.redirect(ctx.wechat.authorizeUrl(`${ctx.config.publicUrl}/auth/wechat/callback`, state))
}

/**
 * `GET /auth/wechat/callback?code=&state=`: back with a ticket, because a bearer token has no place
 * in an address.
 */
export async function endWechatSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const { code, to } = await endSignIn(ctx, koa, 'wechat_state')
  const { snapshot, ...user } = await codeChecked(ctx.wechat.exchangeCode(code))
  // A snapshot page's user is a stand-in: nobody is joined by it.
  const unionid = snapshot ? null : (user.unionid ?? (await unionidOfFollower(ctx, user.openid)))
  const appId = ctx.config.wechat.officialAccount?.appId ?? fail('app_unknown')
  const { identityId } = await seen(ctx, appId, { ...user, unionid })
  const back = new URL(to, ctx.config.publicUrl)
  back.searchParams.set('ticket', await keepOnce(ctx, 'h5_ticket', { identityId }, ticketSeconds))
  koa.redirect(`${back.pathname}${back.search}${back.hash}`)
}

/** `POST /api/h5/session` */
export async function redeemTicket(
  ctx: Context,
  ticket: string,
): Promise<v.InferOutput<typeof VisitorToken>> {
  const taken = v.safeParse(Ticket, await takeOnce(ctx, 'h5_ticket', ticket))
  if (!taken.success) fail('code_invalid', 'The ticket was used or has expired')
  const { identityId } = taken.output
  return token(ctx, identityId, await personOf(ctx, identityId))
}

function seen(ctx: Context, appId: string, { openid, unionid }: WechatUser) {
  return visitorSeen(ctx, { corpId: ctx.config.wecom.corpId, appId, openid, unionid })
}

async function unionidOfFollower(ctx: Context, openid: string): Promise<string | null> {
  try {
    return await ctx.wechat.followerUnionid(openid)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    ctx.log.warn(
      { err: error },
      'WeChat did not say whether the visitor follows; they stay unjoined for now',
    )
    return null
  }
}

async function codeChecked<T>(exchange: Promise<T>): Promise<T> {
  try {
    return await exchange
  } catch (error) {
    if (isErrcode(error, 40029, 40163, 42003))
      throw new Problem('code_invalid', error.message, { cause: error })
    throw error
  }
}

function token(
  ctx: Context,
  identityId: string,
  personId: string,
): v.InferOutput<typeof VisitorToken> {
  const { corpId } = ctx.config.wecom
  const { token: signed, expiresAt } = ctx.sessions.sign(
    { kind: 'visitor', corpId, identityId },
    visitorSeconds,
  )
  return {
    token: signed,
    expiresAt: expiresAt.toISOString(),
    session: { kind: 'visitor', corp: { id: corpId }, identityId, personId },
  }
}
