import type { Context as KoaContext } from 'koa'
import type { Auth } from '../../../../shared/contract/endpoint.ts'
import type { Context } from '../../context.ts'
import { kept } from '../../kept.ts'
import { fail } from '../../problem.ts'
import { sessionEnds } from './ends.ts'
import type { Session, Subject } from './sessions.ts'

export const memberCookie = 'chatside_member'

/**
 * Whether the corp of a session is served here, and the app in which its member signed in. The
 * domain that knows the connections answers.
 */
export const serves = kept<(subject: Subject) => boolean>('sessions that are served')

/**
 * Returns the caller. A bearer token belongs to a visitor, the cookie to a member; the token wins.
 */
export async function identify(ctx: Context, koa: KoaContext, auth: Auth): Promise<Subject | null> {
  if (auth === 'none') return null
  const authorization = koa.req.headers.authorization
  if (authorization !== undefined) {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1]
    if (!token) fail('unauthenticated', 'The Authorization header must be "Bearer <token>"')
    return fitting(await letIn(ctx, koa, token), 'visitor', auth)
  }
  const token = readCookie(koa.req.headers.cookie, memberCookie)
  if (!token) fail('unauthenticated')
  refuseForeignOrigin(ctx, koa)
  return fitting(await letIn(ctx, koa, token), 'member', auth)
}

/** Reads a session, and checks that it still counts. */
async function letIn(ctx: Context, koa: KoaContext, token: string): Promise<Subject> {
  const session = ctx.sessions.read(token)
  await expectSession(ctx, session)
  koa.signedIn = session
  return session.subject
}

/**
 * Checks that a session opens something. Whatever its signature, it opens nothing when its corp is
 * not served any more, when somebody ended it, or when it is too old.
 * @throws Problem `unauthenticated`, `session_expired`
 */
export async function expectSession(ctx: Context, session: Session): Promise<void> {
  if (!ctx.memory.get(serves)(session.subject)) fail('unauthenticated', 'Sign in again')
  const stands = ctx.memory.get(sessionEnds).stands(session)
  // Nearly always known at once, without a turn of the event loop.
  if (!(typeof stands === 'boolean' ? stands : await stands))
    fail('unauthenticated', 'This session was ended; sign in again')
  if (session.expiresAt <= ctx.clock.now().getTime()) fail('session_expired')
}

function fitting(subject: Subject, carrier: Subject['kind'], auth: Auth): Subject {
  // A member's token must not come as a bearer token, and a visitor's must not come as a cookie.
  // Each has a protection of its own.
  if (subject.kind !== carrier) fail('unauthenticated')
  if (auth !== 'any' && subject.kind !== auth) {
    fail(
      'forbidden',
      auth === 'member'
        ? 'This is for members of the corp'
        : 'This is for customers who came from WeChat',
    )
  }
  return subject
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses requests of other sites. A browser sends the cookie with them too, but it also sends
 * their origin.
 */
function refuseForeignOrigin(ctx: Context, koa: KoaContext): void {
  if (safeMethods.has(koa.method)) return
  const { origin } = koa.req.headers
  const site = koa.req.headers['sec-fetch-site']
  const ours = origin
    ? origin === ctx.config.publicUrl || origin === `${koa.protocol}://${koa.host}`
    : site === undefined || site === 'same-origin' || site === 'none'
  if (!ours)
    fail('forbidden', `Requests with a member's session must come from ${ctx.config.publicUrl}`)
}

/** Returns one cookie by name, without parsing the others. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (!header) return undefined
  for (const part of header.split(';')) {
    const equals = part.indexOf('=')
    if (part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim()
  }
  return undefined
}
