import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Context as KoaContext } from 'koa'
import * as v from 'valibot'
import type { Context } from '../base/context.ts'
import { readCookie } from '../base/http/session/identify.ts'
import { ErrorCode } from '../../shared/contract/errors.ts'
import { fail, Problem } from '../base/problem.ts'
import { PlatformError, PlatformWords } from '../platforms/platform-error.ts'
import { codes } from './codes.ts'
import { claimOnce, keepOnce, type OnceKind, readOnce, settleOnce } from './once.ts'

/**
 * The common part of both sign-ins over open.weixin.qq.com: a single-use state that is bound to the
 * browser that started, and the way back.
 */
const browserCookie = 'chatside_sign_in'
const stateSeconds = 10 * 60
/**
 * A state is kept for longer than it is good, so that a page about its end still knows the way.
 */
const keptSeconds = 24 * 60 * 60
/** How long the same browser gets the same result. Prefetching clients ask within seconds. */
const repeatMs = 60_000
const pollMs = 50

const State = v.object({
  to: v.string(),
  browser: v.string(),
  connectionId: v.string(),
  /** What the page made, by which it redeems the ticket. */
  challenge: v.optional(v.object({ value: v.string(), isPlain: v.boolean() })),
  goodUntil: v.number(),
  taken: v.optional(v.boolean()),
  outcome: v.optional(
    v.object({
      at: v.number(),
      done: v.optional(v.unknown()),
      failed: v.optional(
        v.object({ code: ErrorCode, detail: v.string(), words: v.optional(PlatformWords) }),
      ),
    }),
  ),
})

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

/** The way that a visitor was on, so that a page about a failure leads back to it. */
export interface Way {
  to: string
  connectionId?: string
}

/** Notes the way, as soon as it is known, for a page about a failure. */
export function noteWay(koa: KoaContext, way: Way): void {
  koa['signInWay'] = way
}

export function wayOf(koa: KoaContext): Way | undefined {
  return koa['signInWay'] as Way | undefined
}

/** Remembers the way back and the account. Returns the state for the authorize page. */
export async function startSignIn(
  ctx: Context,
  koa: KoaContext,
  kind: OnceKind,
  started: Pick<v.InferOutput<typeof State>, 'to' | 'connectionId' | 'challenge'>,
): Promise<string> {
  const known = readCookie(koa.req.headers.cookie, browserCookie)
  // Two tabs may sign in at once; both use the same cookie.
  const browser = known && /^[\w-]{24,64}$/.test(known) ? known : ctx.random.token(24)
  setCookie(ctx, koa, browserCookie, browser, { path: '/auth', seconds: stateSeconds })
  const goodUntil = ctx.clock.now().getTime() + stateSeconds * 1000
  const state = { ...started, browser: digest(browser), goodUntil }
  return keepOnce(ctx, kind, state, keptSeconds)
}

type Started = Pick<v.InferOutput<typeof State>, 'to' | 'connectionId' | 'challenge'> & {
  code: string
}

/**
 * Ends a sign-in once. A client that opens the address twice, at the same time or a moment later,
 * gets the same result, because some prefetch it; `finish` runs only once. The result is stored,
 * so it is plain data.
 * @throws Problem `state_invalid` when the state is unknown, has expired or was started by another
 * browser; `code_invalid`; what `finish` throws
 */
export async function endSignIn<S extends v.GenericSchema>(
  ctx: Context,
  koa: KoaContext,
  { kind, result }: { kind: OnceKind; result: S },
  finish: (started: Started) => Promise<v.InferOutput<S> & object>,
): Promise<{ to: string; connectionId: string; done: v.InferOutput<S> }> {
  const { code, state } = koa.query
  // A value that `keepOnce` did not make may hold characters that the database refuses.
  if (typeof state !== 'string' || !/^[0-9a-f]+$/.test(state)) fail('state_invalid')
  const read = async () => v.safeParse(State, await readOnce(ctx, kind, state))
  const stored = await read()
  if (!stored.success) fail('state_invalid')
  const { to, connectionId, challenge, browser, goodUntil } = stored.output
  noteWay(koa, { to, connectionId })
  const known = readCookie(koa.req.headers.cookie, browserCookie)
  if (!known || digest(known) !== browser)
    fail('state_invalid', 'The sign-in was started in another browser')

  if (stored.output.taken !== true && goodUntil > ctx.clock.now().getTime()) {
    if (typeof code !== 'string' || code === '' || code.length > 512)
      fail('code_invalid', 'The sign-in page gave no code')
    if (await claimOnce(ctx, kind, state)) {
      const done = await settled(ctx, { kind, state }, () =>
        finish({ code, to, connectionId, challenge }),
      )
      return { to, connectionId, done }
    }
  }
  const done = v.safeParse(result, await outcomeOf(ctx, read))
  if (!done.success) fail('state_invalid')
  return { to, connectionId, done: done.output }
}

/** Runs the sign-in, and stores how it ended for a client that asks again. */
async function settled<T extends object>(
  ctx: Context,
  { kind, state }: { kind: OnceKind; state: string },
  finish: () => Promise<T>,
): Promise<T> {
  const at = () => ctx.clock.now().getTime()
  try {
    const done = await finish()
    await settleOnce(ctx, kind, state, { at: at(), done })
    return done
  } catch (error) {
    if (error instanceof Problem) {
      const { cause } = error.extras
      const source = error instanceof PlatformError ? error : cause
      const words = source instanceof PlatformError ? source.words : undefined
      const failed = { code: error.code, detail: error.message, words }
      await settleOnce(ctx, kind, state, { at: at(), failed })
    }
    throw error
  }
}

/**
 * Returns the result of the sign-in that has taken the state, and waits for it if need be. Null
 * when it ended too long ago, or never.
 * @throws the Problem with which it ended
 */
async function outcomeOf(
  ctx: Context,
  read: () => Promise<v.SafeParseResult<typeof State>>,
): Promise<unknown> {
  const { patienceMs } = ctx.memory.get(codes)
  for (const begun = performance.now(); performance.now() - begun < patienceMs;) {
    const stored = await read()
    if (!stored.success || stored.output.taken !== true) return null
    const { outcome } = stored.output
    if (outcome) {
      if (ctx.clock.now().getTime() - outcome.at > repeatMs) return null
      if (!outcome.failed) return outcome.done
      const { code, detail, words } = outcome.failed
      const cause = words && new PlatformError('platform_refused', words)
      throw new Problem(code, detail, { cause })
    }
    await wait(pollMs)
  }
  return null
}

export function digest(value: string): string {
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
