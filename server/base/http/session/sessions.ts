import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import { keepAmong } from '../../bounded.ts'
import type { Clock } from '../../clock.ts'
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

/**
 * Signed session tokens. A token says who the caller is and until when it is good. It holds no
 * secret, and reading it needs no database.
 */
export interface Sessions {
  sign(subject: Subject, seconds: number): { token: string; expiresAt: Date }
  /** @throws Problem `unauthenticated` when forged or garbled, `session_expired` when too old. */
  read(token: string): Subject
}

const Claims = v.variant('k', [
  v.object({
    k: v.literal('member'),
    c: v.string(),
    s: v.string(),
    a: v.optional(v.string()),
    e: v.number(),
  }),
  v.object({ k: v.literal('visitor'), c: v.string(), s: v.string(), e: v.number() }),
])

/**
 * How many verified tokens we remember. The signature costs more than the rest of a short request.
 */
const mostRemembered = 20_000

export function openSessions(secret: string, clock: Clock): Sessions {
  const remembered = new Map<string, { subject: Subject; expiresAt: number }>()

  function signature(payload: string): Buffer {
    return createHmac('sha256', secret).update(payload).digest()
  }

  function verify(token: string): { subject: Subject; expiresAt: number } {
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
    return { subject, expiresAt: claims.e }
  }

  return {
    sign(subject, seconds) {
      const e = clock.now().getTime() + seconds * 1000
      const s = subject.kind === 'member' ? subject.userId : subject.identityId
      const a = subject.kind === 'member' ? subject.agentId : undefined
      const payload = Buffer.from(
        JSON.stringify({ k: subject.kind, c: subject.corpId, s, a, e }),
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
      return known.subject
    },
  }
}
