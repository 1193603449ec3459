import type { Context as KoaContext } from 'koa'
import * as v from 'valibot'
import type { Context } from '../base/context.ts'
import { notBeforeOf } from '../base/http/session/ends.ts'
import { memberCookie } from '../base/http/session/identify.ts'
import { fail, Problem } from '../base/problem.ts'
import { connectionById, connectionOf, onlyCorp } from '../connections/index.ts'
import { expectMember } from '../contacts/index.ts'
import { isErrcode } from '../platforms/platform-error.ts'
import type { WecomClient } from '../platforms/wecom/client.ts'
import { exchangeCode } from './codes.ts'
import { endSignIn, noteWay, parameter, readTo, setCookie, startSignIn } from './state.ts'

const memberSeconds = 12 * 60 * 60

/**
 * `GET /auth/wecom?corp=&agent=&to=`: redirects to WeCom's authorize page. Without `agent` it uses
 * the corp's main app, and without `corp` the only corp of this server.
 */
export async function startWecomSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const to = readTo(ctx, parameter(koa, 'to'), '/sidebar/')
  noteWay(koa, { to })
  const corpId = parameter(koa, 'corp') ?? onlyCorp(ctx).corpId
  const app = connectionOf(ctx, 'wecom_app', { corpId, platformId: parameter(koa, 'agent') })
  noteWay(koa, { to, connectionId: app.id })
  const state = await startSignIn(ctx, koa, 'wecom_state', { to, connectionId: app.id })
  koa.redirect(app.client.authorizeUrl(`${ctx.config.publicUrl}/auth/wecom/callback`, state))
}

const SignedIn = v.object({ userId: v.string(), notBefore: v.number() })

/** `GET /auth/wecom/callback?code=&state=`: sets the member's cookie and redirects back. */
export async function endWecomSignIn(ctx: Context, koa: KoaContext): Promise<void> {
  const how = { kind: 'wecom_state', result: SignedIn } as const
  const { to, connectionId, done } = await endSignIn(ctx, koa, how, async (started) => {
    const { client, corpId, platformId: app } = appOf(ctx, started)
    const { code } = started
    return exchangeCode(ctx, { app: `${corpId}/${app}`, code, ip: koa.ip }, async () => {
      const userId = await memberOf(client, code)
      const notBefore = await notBeforeOf(ctx, { corpId, userId })
      await expectMember(ctx, client, { corpId, userId })
      return { userId, notBefore }
    })
  })
  const { corpId, platformId: agentId } = appOf(ctx, { connectionId })
  const { userId, notBefore } = done
  const subject = { kind: 'member', corpId, userId, agentId } as const
  const { token } = ctx.sessions.sign(subject, { seconds: memberSeconds, notBefore })
  setCookie(ctx, koa, memberCookie, token, { path: '/', seconds: memberSeconds })
  koa.redirect(to)
}

function appOf(ctx: Context, { connectionId }: { connectionId: string }) {
  return connectionById(ctx, 'wecom_app', connectionId)
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
