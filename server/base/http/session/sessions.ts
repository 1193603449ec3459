import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import { keepAmong } from '../../bounded.ts'
import type { Clock, Random } from '../../clock.ts'
import { Problem } from '../../problem.ts'

export type MemberSubject = {
  readonly kind: 'member'
  readonly corpId: string
  readonly userId: string
  /** The app in which the member signed in; undefined means the main app of the corp. */
  readonly agentId?: string | undefined
}
export type VisitorSubject = {
  readonly kind: 'visitor'
  readonly corpId: string
  readonly identityId: string
}
export type Subject = MemberSubject | VisitorSubject

/** A session as its token tells. Whether it was ended meanwhile, `SessionEnds` knows. */
export interface Session {
  readonly subject: Subject
  /** Names the session in the list of ended ones; nobody can make the token from it. */
  readonly id: string
  /** `corp/member`, or the identity of a visitor. */
  readonly holder: string
  /**
   * The member's not-before time when the session began, in milliseconds; 0 when there was none. A
   * later one ends the session, so no two clocks are compared.
   */
  readonly notBefore: number
  readonly expiresAt: number
}

export interface Signing {
  seconds: number
  notBefore?: number
}

/**
 * Signed session tokens. A token says who the caller is and until when it is good. It holds no
 * secret, and reading it needs no database.
 */
export interface Sessions {
  sign(subject: Subject, how: number | Signing): { token: string; expiresAt: Date }
  /** @throws Problem `unauthenticated` when forged or garbled, `session_expired` when too old. */
  read(token: string): Session
}

const Claims = v.variant('k', [
  v.object({
    k: v.literal('member'),
    c: v.string(),
    s: v.string(),
    a: v.optional(v.string()),
    e: v.number(),
    b: v.optional(v.number(), 0),
  }),
  v.object({ k: v.literal('visitor'), c: v.string(), s: v.string(), e: v.number() }),
])

/**
 * How many verified tokens we remember. The signature costs more than the rest of a short request.
 */
const mostRemembered = 20_000

export function holderOf(subject: Subject): string {
  return subject.kind === 'member' ? `${subject.corpId}/${subject.userId}` : subject.identityId
}

export function openSessions(secret: string, clock: Clock, random: Random): Sessions {
  const remembered = new Map<string, Session>()

  function signature(payload: string): Buffer {
    return createHmac('sha256', secret).update(payload).digest()
  }

  function verify(token: string): Session {
    const dot = token.indexOf('.')
    const payload = token.slice(0, Math.max(dot, 0))
    const given = Buffer.from(token.slice(dot + 1), 'base64url')
    const wanted = signature(payload)
    if (dot < 1 || given.length !== wanted.length || !timingSafeEqual(given, wanted))
      throw new Problem('unauthenticated')
    const claims = v.parse(Claims, JSON.parse(Buffer.from(payload, 'base64url').toString()))
    const subject: Subject =
      claims.k === 'member'
        ? { kind: 'member', corpId: claims.c, userId: claims.s, agentId: claims.a }
        : { kind: 'visitor', corpId: claims.c, identityId: claims.s }
    return {
      subject,
      // Of the signed part only: base64 has several spellings of one signature.
      id: createHash('sha256').update(payload).digest('base64url'),
      holder: holderOf(subject),
      notBefore: claims.k === 'member' ? claims.b : 0,
      expiresAt: claims.e,
    }
  }

  return {
    sign(subject, how) {
      const { seconds, notBefore: b }: Signing = typeof how === 'number' ? { seconds: how } : how
      const e = clock.now().getTime() + seconds * 1000
      const s = subject.kind === 'member' ? subject.userId : subject.identityId
      const a = subject.kind === 'member' ? subject.agentId : undefined
      const payload = Buffer.from(
        // `n` tells two sessions apart that begin at the same time.
        JSON.stringify({ k: subject.kind, c: subject.corpId, s, a, e, b, n: random.token(6) }),
      ).toString('base64url')
      return {
        token: `${payload}.${signature(payload).toString('base64url')}`,
        expiresAt: new Date(e),
      }
    },
    read(token) {
      let known = remembered.get(token)
      if (!known) {
        known = verify(token)
        keepAmong(remembered, mostRemembered, token, known)
      }
      if (known.expiresAt <= clock.now().getTime()) {
        remembered.delete(token)
        throw new Problem('session_expired')
      }
      return known
    },
  }
}
