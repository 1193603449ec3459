import { timingSafeEqual } from 'node:crypto'
import type { Context as KoaContext } from 'koa'
import * as v from 'valibot'
import type { VisitorToken } from '../../shared/contract/session.ts'
import type { Context } from '../base/context.ts'
import { fail, Problem } from '../base/problem.ts'
import { connectionById, connectionOf, onlyCorp } from '../connections/index.ts'
import { personOf, visitorSeen } from '../identity/index.ts'
import { isErrcode } from '../platforms/platform-error.ts'
import type { OfficialAccountClient } from '../platforms/wechat/official-account.ts'
import { exchangeCode } from './codes.ts'
import { keepOnce, takeOnce } from './once.ts'
import { digest, endSignIn, noteWay, parameter, readTo, startSignIn } from './state.ts'

/** In seconds. A mini program then signs in again, and the customer does not notice. */
const visitorSeconds = 7 * 24 * 60 * 60
const ticketSeconds = 60

const Challenge = v.object({ value: v.string(), isPlain: v.boolean() })
const Ticket = v.object({ corpId: v.string(), identityId: v.string(), challenge: Challenge })

/** `POST /api/miniprogram/session` */
export async function signInMiniprogram(
  ctx: Context,
  { appId, code }: { appId: string; code: string },
  ip: string,
): Promise<v.InferOutput<typeof VisitorToken>> {
  const { client, corpId } = connectionOf(ctx, 'miniprogram', { platformId: appId })
  const { openid, unionid } = await exchangeCode(ctx, { app: appId, code, ip }, () =>
    codeChecked(client.codeToSession(code)),
  )
  const { identityId, personId } = await visitorSeen(ctx, { corpId, appId, openid, unionid })
  return token(ctx, { corpId, identityId, personId })
}

/**
 * `GET /auth/wechat?corp=&account=&to=&challenge=&method=`: redirects to the official account's
 * silent authorize page. Without `account` it uses the corp's main one, and without `corp` the only
 * corp of this server. A link without a challenge leads to the page, which makes one.
 */
export async function startWechatSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const to = readTo(ctx, parameter(koa, 'to'), '/h5/')
  noteWay(koa, { to })
  const platformId = parameter(koa, 'account')
  const corpId =
    parameter(koa, 'corp') ?? (platformId === undefined ? onlyCorp(ctx).corpId : undefined)
  const account = connectionOf(ctx, 'official_account', { corpId, platformId })
  const challenge = readChallenge(koa)
  if (!challenge) return koa.redirect(to)
  const started = { to, connectionId: account.id, challenge }
  const state = await startSignIn(ctx, koa, 'wechat_state', started)
  koa.redirect(account.client.authorizeUrl(`${ctx.config.publicUrl}/auth/wechat/callback`, state))
}

/**
 * The page keeps a secret, and sends its digest (RFC 7636), or the secret itself where a page over
 * plain http cannot make digests. Who opens the finished link elsewhere lacks the secret.
 */
function readChallenge(koa: KoaContext): v.InferOutput<typeof Challenge> | null {
  const value = parameter(koa, 'challenge')
  if (value === undefined) return null
  if (!/^[\w-]{43,128}$/.test(value)) {
    const message = 'must be 43 to 128 letters, digits, - or _'
    fail('invalid_request', `challenge: ${message}`, { errors: [{ field: 'challenge', message }] })
  }
  return { value, isPlain: parameter(koa, 'method') === 'plain' }
}

const Ticketed = v.object({ ticket: v.string() })

/**
 * `GET /auth/wechat/callback?code=&state=`: redirects back with a ticket. A bearer token must not
 * stand in an address.
 */
export async function endWechatSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const how = { kind: 'wechat_state', result: Ticketed } as const
  const { to, done } = await endSignIn(ctx, koa, how, async ({ code, connectionId, challenge }) => {
    const account = connectionById(ctx, 'official_account', connectionId)
    const { client, corpId, platformId: appId } = account
    const { openid, unionid } = await exchangeCode(ctx, { app: appId, code, ip: koa.ip }, () =>
      visitorOf(ctx, client, code),
    )
    const { identityId } = await visitorSeen(ctx, { corpId, appId, openid, unionid })
    const ticket = { corpId, identityId, challenge }
    return { ticket: await keepOnce(ctx, 'h5_ticket', ticket, ticketSeconds) }
  })
  const back = new URL(to, ctx.config.publicUrl)
  back.searchParams.set('ticket', done.ticket)
  koa.redirect(`${back.pathname}${back.search}${back.hash}`)
}

async function visitorOf(
  ctx: Context,
  client: OfficialAccountClient,
  code: string,
): Promise<{ openid: string; unionid: string | null }> {
  const { snapshot, openid, ...user } = await codeChecked(client.exchangeCode(code))
  // The user of a snapshot page is a stand-in, who joins nobody.
  const unionid = snapshot ? null : (user.unionid ?? (await unionidOfFollower(ctx, client, openid)))
  return { openid, unionid }
}

/**
 * `POST /api/h5/session`. A ticket that comes without the secret of its page is used up: it may be
 * the link of somebody who wants to sign another one in as themselves.
 */
export async function redeemTicket(
  ctx: Context,
  { ticket, verifier }: { ticket: string; verifier: string },
): Promise<v.InferOutput<typeof VisitorToken>> {
  const taken = v.safeParse(Ticket, await takeOnce(ctx, 'h5_ticket', ticket))
  if (!taken.success) fail('code_invalid', 'The ticket was used or has expired')
  const { corpId, identityId, challenge } = taken.output
  const proof = challenge.isPlain ? verifier : digest(verifier)
  if (!isSame(proof, challenge.value)) fail('code_invalid', 'The ticket was made for another page')
  return token(ctx, { corpId, identityId, personId: await personOf(ctx, identityId) })
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(digest(one)), Buffer.from(digest(other)))
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
