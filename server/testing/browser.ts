import { createHash, randomBytes } from 'node:crypto'
import { memberCookie } from '../base/http/session/identify.ts'
import type { As, TestApp } from './test-app.ts'

export type Who =
  { kind: 'wecom'; memberId: string } | { kind: 'miniprogram' | 'official'; customerId: string }

/** Returns a login code that the sandbox makes for somebody. */
export async function codeOf(app: TestApp, who: Who): Promise<string> {
  const { code } = (await app.sandbox?.door('POST', 'codes', who)) as { code: string }
  return code
}

export interface Seen {
  status: number
  /** Where it redirects to. */
  to: URL | null
  text: string
}

export interface Browser {
  jar: Map<string, string>
  /** The secret that a page of H5 keeps. */
  verifier: string
  open(path: string, at?: TestApp): Promise<Seen>
}

/** A browser that does what sign-in needs: it keeps cookies and stops at each redirect. */
export function openBrowser(app: TestApp, language = 'zh-CN'): Browser {
  const jar = new Map<string, string>()
  return {
    jar,
    verifier: randomBytes(32).toString('base64url'),
    async open(path, at = app) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await at.fetch(path, {
        headers: { 'accept-language': language, ...(cookie && { cookie }) },
      })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        jar.set(name, value)
      }
      const location = response.headers.get('location')
      return {
        status: response.status,
        to: location === null ? null : new URL(location, app.url),
        text: await response.text(),
      }
    },
  }
}

/** Returns what proves the member who is signed in to this browser. */
export function memberIn({ jar }: Browser): As {
  return { Cookie: `${memberCookie}=${jar.get(memberCookie) ?? ''}` }
}

export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

/** Returns the address that the sign-in page leads to, with this code. */
export async function startWith(
  visitor: Browser,
  { which, code, to }: { which: 'wecom' | 'wechat'; code: string; to?: string | undefined },
): Promise<{ start: Seen; path: string }> {
  const query = new URLSearchParams({
    ...(to !== undefined && { to }),
    ...(which === 'wechat' && { challenge: challengeOf(visitor.verifier) }),
  })
  const start = await visitor.open(`/auth/${which}?${query.toString()}`)
  const state = start.to?.searchParams.get('state') ?? ''
  return { start, path: `/auth/${which}/callback?code=${code}&state=${state}` }
}

/** Signs in up to our side of the authorize page. */
export async function signInWith(
  visitor: Browser,
  how: { which: 'wecom' | 'wechat'; code: string; to?: string | undefined },
): Promise<{ visitor: Browser; start: Seen; path: string; end: Seen }> {
  const { start, path } = await startWith(visitor, how)
  return { visitor, start, path, end: await visitor.open(path) }
}
