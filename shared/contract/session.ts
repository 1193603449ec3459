import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { platformErrors } from './errors.ts'
import { Id } from './values.ts'

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
    code: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
  }),
  reply: VisitorToken,
  errors: ['app_unknown', 'code_invalid', ...platformErrors],
})

/**
 * The H5 build signs in at `GET /auth/wechat?to=` (official-account OAuth), which comes back to
 * `to` with `?ticket=…`.
 */
export const createH5Session = endpoint({
  method: 'POST',
  path: '/api/h5/session',
  auth: 'none',
  summary: 'Exchange the single-use ticket of the WeChat web sign-in for a bearer token',
  body: v.strictObject({
    ticket: v.pipe(v.string(), v.regex(/^[\w-]{16,128}$/, 'must be a ticket')),
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
     * `1`: the client refused the last signature of this very address, so the ticket may have been
     * ended early: one is asked for anew, now and then.
     */
    refused: v.optional(v.picklist(['1'])),
  }),
  reply: v.object({
    corpId: v.string(),
    agentId: v.string(),
    timestamp: v.number(),
    nonceStr: v.string(),
    signature: v.string(),
    /** The address that was signed, so that a client can name the difference. */
    url: v.string(),
  }),
  errors: ['host_not_trusted', ...platformErrors],
})

/** What a client must know before anybody signs in. */
export const getSettings = endpoint({
  method: 'GET',
  path: '/api/settings',
  auth: 'none',
  summary: 'Public settings of this installation',
  /** Which corp is meant, where several are served: by its id, or by its mini program. */
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
