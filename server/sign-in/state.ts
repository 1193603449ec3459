import { createHash } from 'node:crypto'
import type { Context as KoaContext } from 'koa'
import * as v from 'valibot'
import type { Context } from '../base/context.ts'
import { readCookie } from '../base/http/session/identify.ts'
import { fail } from '../base/problem.ts'
import { keepOnce, takeOnce, type OnceKind } from './once.ts'

/**
 * The common part of both sign-ins over open.weixin.qq.com: a single-use state that is bound to the
 * browser that started, and the way back.
 */
const browserCookie = 'chatside_sign_in'
const stateSeconds = 10 * 60

const State = v.object({ to: v.string(), browser: v.string(), connectionId: v.string() })

/** Returns a parameter of the address, or undefined when it is missing or given twice. */
export function parameter(koa: KoaContext, name: string): string | undefined {
  const value = koa.query[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * Returns a path of ours to come back to.
 * @throws Problem `invalid_request` for an address that a browser would open on another host
 */
export function readTo(ctx: Context, to: string | undefined, fallback: string): string {
  if (to === undefined) return fallback
  if (!isOurPath(ctx, to)) {
    fail('invalid_request', 'to: must be a path of this site', {
      errors: [{ field: 'to', message: 'must be a path of this site' }],
    })
  }
  return to
}

/**
 * Whether a browser stays on our host. It reads \ as /, and // as the start of another host's
 * address, even when `/./` and `/x/../` must be resolved first.
 */
function isOurPath(ctx: Context, to: string): boolean {
  const { publicUrl } = ctx.config
  if (!to.startsWith('/') || /[\\\p{Cc}]/u.test(to) || !URL.canParse(to, publicUrl)) return false
  const { origin, pathname } = new URL(to, publicUrl)
  return origin === publicUrl && !to.startsWith('//') && !pathname.startsWith('//')
}

/** Remembers the way back and the account. Returns the state for the authorize page. */
export async function startSignIn(
  ctx: Context,
  koa: KoaContext,
  kind: OnceKind,
  { to, connectionId }: { to: string; connectionId: string },
): Promise<string> {
  const known = readCookie(koa.req.headers.cookie, browserCookie)
  // Two tabs may sign in at once; both use the same cookie.
  const browser = known && /^[\w-]{24,64}$/.test(known) ? known : ctx.random.token(24)
  setCookie(ctx, koa, browserCookie, browser, { path: '/auth', seconds: stateSeconds })
  return keepOnce(ctx, kind, { to, browser: digest(browser), connectionId }, stateSeconds)
}

/**
 * @throws Problem `state_invalid` when the state was used, has expired or was started by another
 * browser
 */
export async function endSignIn(
  ctx: Context,
  koa: KoaContext,
  kind: OnceKind,
): Promise<{ code: string; to: string; connectionId: string }> {
  const { code, state } = koa.query
  // A value that `keepOnce` did not make may hold characters that the database refuses.
  const taken = v.safeParse(
    State,
    typeof state === 'string' && /^[0-9a-f]+$/.test(state)
      ? await takeOnce(ctx, kind, state)
      : null,
  )
  if (!taken.success) fail('state_invalid')
  const browser = readCookie(koa.req.headers.cookie, browserCookie)
  if (!browser || digest(browser) !== taken.output.browser)
    fail('state_invalid', 'The sign-in was started in another browser')
  if (typeof code !== 'string' || code === '' || code.length > 512)
    fail('code_invalid', 'The sign-in page gave no code')
  const { to, connectionId } = taken.output
  return { code, to, connectionId }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64url')
}

export function setCookie(
  ctx: Context,
  koa: KoaContext,
  name: string,
  value: string,
  { path, seconds }: { path: string; seconds: number },
): void {
  const secure = ctx.config.publicUrl.startsWith('https:') ? '; Secure' : ''
  koa.append(
    'Set-Cookie',
    `${name}=${value}; Path=${path}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`,
  )
}
