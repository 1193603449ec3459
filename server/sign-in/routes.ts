import type { Context as KoaContext } from 'koa'
import {
  createH5Session,
  createMiniprogramSession,
  endSession as endSessionOf,
  getSession,
} from '../../shared/contract/session.ts'
import type { Context } from '../base/context.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { allow } from '../base/http/rate-limits.ts'
import { securityHeaders } from '../base/http/security-headers.ts'
import { serve, serveRaw } from '../base/http/serve.ts'
import { endSession } from '../base/http/session/ends.ts'
import { memberCookie } from '../base/http/session/identify.ts'
import { fail, Problem } from '../base/problem.ts'
import { expectVisitor } from '../base/http/session/visitors.ts'
import { connectionOf } from '../connections/index.ts'
import { confirmMember, memberProfile } from '../contacts/index.ts'
import { personOf } from '../identity/index.ts'
import { signInFailed } from './failure-page.ts'
import { setCookie } from './state.ts'
import { endWechatSignIn, redeemTicket, signInMiniprogram, startWechatSignIn } from './wechat.ts'
import { endWecomSignIn, startWecomSignIn } from './wecom.ts'

export function signInRoutes(router: ApiRouter): void {
  serve(router, getSession, async ({ session }, ctx) => {
    if (session.kind === 'visitor') {
      const personId = await personOf(ctx, session.identityId).catch(signedOut)
      return {
        kind: 'visitor',
        corp: { id: session.corpId },
        identityId: session.identityId,
        personId,
      } as const
    }
    const { corpId, userId, agentId } = session
    await confirmMember(ctx, { corpId, userId, agentId })
    const app = connectionOf(ctx, 'wecom_app', { corpId, platformId: agentId })
    const { name, avatarUrl } = await memberProfile(ctx, { corpId, userId })
    // An own app needs no interface licence (reference §2). Customized apps will need more here.
    return {
      kind: 'member',
      corp: { id: corpId, agentId: app.platformId },
      member: { userId, name, avatarUrl },
      licence: 'not_required',
    } as const
  })

  serve(router, createMiniprogramSession, ({ body, request }, ctx) =>
    signInMiniprogram(ctx, body, request.ip),
  )
  serve(router, createH5Session, ({ body }, ctx) => redeemTicket(ctx, body))
  serveRaw(router, endSessionOf, async ({ session }, ctx, koa) => {
    if (session.kind === 'visitor') await expectVisitor(ctx, session.identityId)
    if (koa.signedIn) await endSession(ctx, koa.signedIn)
    setCookie(ctx, koa, memberCookie, '', { path: '/', seconds: 0 })
    koa.status = 204
  })

  page(router, '/auth/wecom', startWecomSignIn)
  page(router, '/auth/wecom/callback', endWecomSignIn)
  page(router, '/auth/wechat', startWechatSignIn)
  page(router, '/auth/wechat/callback', endWechatSignIn)
}

/** An erased visitor has no session any more, even with a good signature. */
function signedOut(error: unknown): never {
  if (error instanceof Problem && error.code === 'person_unknown')
    fail('unauthenticated', 'Sign in again')
  throw error
}

/**
 * A step of a sign-in in the browser. It answers with a redirect, or with a page that says what
 * went wrong.
 */
function page(
  router: ApiRouter,
  path: string,
  step: (ctx: Context, koa: KoaContext) => Promise<void>,
): void {
  const { ctx, pages } = router
  const secured = securityHeaders(ctx.config)
  pages.get(path, (koa) => {
    koa.route = path
    koa.set('Cache-Control', 'no-store')
    return secured(koa, async () => {
      try {
        await allow(ctx, koa, null, 1)
        await step(ctx, koa)
      } catch (error) {
        signInFailed(ctx, koa, error)
      }
    })
  })
}
