import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { platformErrors } from './errors.ts'
import { Id, PlatformCode } from './values.ts'

/** `not_required` = an own app (自建), where WeCom needs no interface licence. */
export const LicenceState = v.picklist(['not_required', 'trial', 'active', 'lapsed', 'none'])

export const MemberSession = v.object({
  kind: v.literal('member'),
  corp: v.object({ id: v.string(), agentId: v.string() }),
  member: v.object({ userId: v.string(), name: v.string(), avatarUrl: v.nullable(v.string()) }),
  licence: LicenceState,
})
export const VisitorSession = v.object({
  kind: v.literal('visitor'),
  corp: v.object({ id: v.string() }),
  identityId: Id,
  personId: Id,
})
export const Session = v.variant('kind', [MemberSession, VisitorSession])
export type Session = v.InferOutput<typeof Session>
export type MemberSession = v.InferOutput<typeof MemberSession>
export type VisitorSession = v.InferOutput<typeof VisitorSession>

export const getSession = endpoint({
  method: 'GET',
  path: '/api/session',
  auth: 'any',
  summary: 'Who am I, which corp, which licence state',
  reply: Session,
  errors: ['member_out_of_range', 'not_a_member', 'corp_unknown', ...platformErrors],
})

/** Ends the caller's session, so that a copy of the cookie or the token opens nothing. */
export const endSession = endpoint({
  method: 'DELETE',
  path: '/api/session',
  auth: 'any',
  summary: 'Sign out: end this session on every server',
  reply: null,
  errors: [],
})

export const VisitorToken = v.object({
  /** Sent as `Authorization: Bearer …`. */
  token: v.string(),
  expiresAt: v.string(),
  session: VisitorSession,
})

/** Exchanges `wx.login`'s code; the session key never leaves the server. */
export const createMiniprogramSession = endpoint({
  method: 'POST',
  path: '/api/miniprogram/session',
  auth: 'none',
  summary: 'Exchange a mini-program login code for a bearer token',
  body: v.strictObject({
    appId: v.pipe(v.string(), v.regex(/^wx[0-9a-z]{8,30}$/, 'must be a mini-program appid')),
    code: PlatformCode,
  }),
  reply: VisitorToken,
  errors: ['app_unknown', 'code_invalid', ...platformErrors],
})

/**
 * The H5 build signs in at `GET /auth/wechat?to=&challenge=` (official-account OAuth), which comes
 * back to `to` with `?ticket=…`. The ticket is good only together with the secret that the page
 * made: `challenge` is its SHA-256 in base64url, or with `&method=plain` the secret itself.
 */
export const createH5Session = endpoint({
  method: 'POST',
  path: '/api/h5/session',
  auth: 'none',
  summary: 'Exchange the single-use ticket of the WeChat web sign-in for a bearer token',
  body: v.strictObject({
    ticket: v.pipe(v.string(), v.regex(/^[\w-]{16,128}$/, 'must be a ticket')),
    verifier: v.pipe(v.string(), v.regex(/^[\w-]{43,128}$/, 'must be the secret of the page')),
  }),
  reply: VisitorToken,
  errors: ['code_invalid'],
})

export const signUrl = endpoint({
  method: 'GET',
  path: '/api/wecom/signature',
  auth: 'member',
  summary: 'Sign a page address for the WeCom JS-SDK',
  query: v.strictObject({
    kind: v.picklist(['agent', 'corp']),
    /** The page as the client sees it; the fragment is stripped here, the host must be trusted. */
    url: v.pipe(
      v.string(),
      v.maxLength(4096),
      v.regex(/^https?:\/\//, 'must be an absolute http(s) address'),
    ),
    /**
     * `1`: the client refused the last signature of this very address. WeCom may have ended the
     * ticket early, so the server fetches a new one, but not too often.
     */
    refused: v.optional(v.picklist(['1'])),
  }),
  reply: v.object({
    corpId: v.string(),
    agentId: v.string(),
    timestamp: v.number(),
    nonceStr: v.string(),
    signature: v.string(),
    /** The signed address, so that a client can show the difference. */
    url: v.string(),
  }),
  errors: ['host_not_trusted', ...platformErrors],
})

/** What a client must know before any sign-in. */
export const getSettings = endpoint({
  method: 'GET',
  path: '/api/settings',
  auth: 'none',
  summary: 'Public settings of this installation',
  /** The corp, where one server has several: by its id, or by its mini program. */
  query: v.strictObject({
    corp: v.optional(v.pipe(v.string(), v.maxLength(64))),
    appId: v.optional(v.pipe(v.string(), v.maxLength(64))),
  }),
  reply: v.object({
    corpName: v.string(),
    miniprogramAppId: v.nullable(v.string()),
    /** Template with {z} {x} {y}; null = no map service, the picker shows a plain grid. */
    mapTilesUrl: v.nullable(v.string()),
  }),
  errors: ['corp_unknown', 'app_unknown'],
})
