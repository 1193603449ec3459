import type { Context as KoaContext } from 'koa'
import * as v from 'valibot'
import type { VisitorToken } from '../../shared/contract/session.ts'
import type { Context } from '../base/context.ts'
import { fail, Problem } from '../base/problem.ts'
import { connectionById, connectionOf, onlyCorp } from '../connections/index.ts'
import { personOf, visitorSeen } from '../identity/index.ts'
import { isErrcode } from '../platforms/platform-error.ts'
import type { OfficialAccountClient } from '../platforms/wechat/official-account.ts'
import { keepOnce, takeOnce } from './once.ts'
import { endSignIn, parameter, readTo, startSignIn } from './state.ts'

/** In seconds. A mini program then signs in again, and the customer does not notice. */
const visitorSeconds = 7 * 24 * 60 * 60
const ticketSeconds = 60

const Ticket = v.object({ corpId: v.string(), identityId: v.string() })

/** `POST /api/miniprogram/session` */
export async function signInMiniprogram(
  ctx: Context,
  { appId, code }: { appId: string; code: string },
): Promise<v.InferOutput<typeof VisitorToken>> {
  const { client, corpId } = connectionOf(ctx, 'miniprogram', { platformId: appId })
  const { openid, unionid } = await codeChecked(client.codeToSession(code))
  const { identityId, personId } = await visitorSeen(ctx, { corpId, appId, openid, unionid })
  return token(ctx, { corpId, identityId, personId })
}

/**
 * `GET /auth/wechat?corp=&account=&to=`: redirects to the official account's silent authorize page.
 * Without `account` it uses the corp's main one, and without `corp` the only corp of this server.
 */
export async function startWechatSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const platformId = parameter(koa, 'account')
  const corpId =
    parameter(koa, 'corp') ?? (platformId === undefined ? onlyCorp(ctx).corpId : undefined)
  const account = connectionOf(ctx, 'official_account', { corpId, platformId })
  const to = readTo(ctx, parameter(koa, 'to'), '/h5/')
  const state = await startSignIn(ctx, koa, 'wechat_state', { to, connectionId: account.id })
  koa.redirect(account.client.authorizeUrl(`${ctx.config.publicUrl}/auth/wechat/callback`, state))
}

/**
 * `GET /auth/wechat/callback?code=&state=`: redirects back with a ticket. A bearer token must not
 * stand in an address.
 */
export async function endWechatSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const { code, to, connectionId } = await endSignIn(ctx, koa, 'wechat_state')
  const {
    client,
    corpId,
    platformId: appId,
  } = connectionById(ctx, 'official_account', connectionId)
  const { snapshot, openid, ...user } = await codeChecked(client.exchangeCode(code))
  // The user of a snapshot page is a stand-in, who joins nobody.
  const unionid = snapshot ? null : (user.unionid ?? (await unionidOfFollower(ctx, client, openid)))
  const { identityId } = await visitorSeen(ctx, { corpId, appId, openid, unionid })
  const back = new URL(to, ctx.config.publicUrl)
  const ticket = await keepOnce(ctx, 'h5_ticket', { corpId, identityId }, ticketSeconds)
  back.searchParams.set('ticket', ticket)
  koa.redirect(`${back.pathname}${back.search}${back.hash}`)
}

/** `POST /api/h5/session` */
export async function redeemTicket(
  ctx: Context,
  ticket: string,
): Promise<v.InferOutput<typeof VisitorToken>> {
  const taken = v.safeParse(Ticket, await takeOnce(ctx, 'h5_ticket', ticket))
  if (!taken.success) fail('code_invalid', 'The ticket was used or has expired')
  const { corpId, identityId } = taken.output
  return token(ctx, { corpId, identityId, personId: await personOf(ctx, identityId) })
}

async function unionidOfFollower(
  ctx: Context,
  client: OfficialAccountClient,
  openid: string,
): Promise<string | null> {
  try {
    return await client.followerUnionid(openid)
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
  { corpId, identityId, personId }: { corpId: string; identityId: string; personId: string },
): v.InferOutput<typeof VisitorToken> {
  const subject = { kind: 'visitor', corpId, identityId } as const
  const { token: signed, expiresAt } = ctx.sessions.sign(subject, visitorSeconds)
  return {
    token: signed,
    expiresAt: expiresAt.toISOString(),
    session: { kind: 'visitor', corp: { id: corpId }, identityId, personId },
  }
}
