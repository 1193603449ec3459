import type { Logger } from 'pino'
import * as v from 'valibot'
import type { Config } from '../../config.ts'
import type { Clock } from '../../base/context.ts'
import type { Metrics } from '../../base/http/operator/metrics.ts'
import { type LastSeen, openPlatformApi, type PlatformRequest } from '../platform-api.ts'
import { isErrcode } from '../platform-error.ts'
import { fail } from '../../base/problem.ts'
import type { TokenSource, TokenStore } from '../platform-tokens.ts'

export interface WechatUser {
  openid: string
  /** Only when the account is bound to an open-platform account. */
  unionid: string | null
}

/**
 * WeChat's server API for the mini program and the official account. Every function throws
 * `PlatformError`, and `app_unknown` when the account is not set up.
 */
export interface WechatClient {
  /**
   * Exchanges `wx.login`'s code, which works once. The session key that comes along is not kept.
   */
  codeToSession(appId: string, code: string): Promise<WechatUser>
  /** The silent sign-in page of the official account. */
  authorizeUrl(redirectUri: string, state: string): string
  /**
   * Exchanges the code of that page. `snapshot`: a virtual user of a snapshot page, no identity of
   * anybody.
   */
  exchangeCode(code: string): Promise<WechatUser & { snapshot: boolean }>
  /** The unionid of somebody who follows the official account; null for who does not. */
  followerUnionid(openid: string): Promise<string | null>
  /**
   * MP getPhoneNumber. `code` is good for five minutes and once (then 40029), and for this openid
   * only.
   */
  phoneNumber(of: { code: string; openid: string }): Promise<{ pure: string; countryCode: string }>
  lastSeen(): LastSeen | null
}

/**
 * MP code2Session. The session key must not leave the server, so it does not even leave this file.
 */
const SessionReply = v.object({ openid: v.string(), unionid: v.optional(v.string()) })
const OauthReply = v.object({
  openid: v.string(),
  unionid: v.optional(v.string()),
  is_snapshotuser: v.optional(v.number()),
})
const TokenReply = v.object({
  access_token: v.pipe(v.string(), v.minLength(1)),
  expires_in: v.number(),
})
/** For somebody who does not follow, nothing but `subscribe: 0` and the openid comes. */
const FollowerReply = v.object({ subscribe: v.number(), unionid: v.optional(v.string()) })

/** The page's example has the country code as a number, its table as a text. */
const PhoneReply = v.object({
  phone_info: v.object({
    purePhoneNumber: v.pipe(v.string(), v.regex(/^\d{4,15}$/)),
    countryCode: v.union([v.string(), v.number()]),
  }),
})

/** WeChat's 40001 is "invalid or not the latest token". */
const deadToken = [40001, 40014, 42001] as const

export interface WechatOptions {
  config: Config
  tokens: TokenStore
  clock: Clock
  log: Logger
  metrics: Metrics
  timeoutMs?: number
}

export function openWechat({
  config,
  tokens,
  clock,
  log,
  metrics,
  timeoutMs = 5_000,
}: WechatOptions): WechatClient {
  const { apiUrl, openUrl, miniprogram, officialAccount } = config.wechat
  const api = openPlatformApi({
    platform: 'wechat',
    baseUrl: apiUrl,
    timeoutMs,
    clock,
    log,
    metrics,
  })

  function account() {
    return (
      officialAccount ??
      fail(
        'app_unknown',
        'No official account is set up: set OFFICIAL_ACCOUNT_APP_ID and OFFICIAL_ACCOUNT_APP_SECRET',
      )
    )
  }

  function accessToken({ appId, secret }: { appId: string; secret: string }): TokenSource {
    return {
      key: `wechat/${appId}/access_token`,
      async fetch() {
        // stable_token renews by itself and does not end the token that somebody else fetched, as
        // cgi-bin/token does.
        const body = { grant_type: 'client_credential', appid: appId, secret, force_refresh: false }
        const reply = await api.call(TokenReply, {
          method: 'POST',
          path: '/cgi-bin/stable_token',
          body,
        })
        return { value: reply.access_token, seconds: reply.expires_in }
      },
    }
  }

  /**
   * With the account's token; one that died early is dropped, fetched once, and the call sent once
   * more.
   */
  async function call<S extends v.GenericSchema>(
    of: { appId: string; secret: string },
    schema: S,
    request: PlatformRequest,
  ): Promise<v.InferOutput<S>> {
    const source = accessToken(of)
    const send = (token: string) =>
      api.call(schema, { ...request, query: { access_token: token, ...request.query } })
    const { value } = await tokens.get(source)
    try {
      return await send(value)
    } catch (error) {
      if (!isErrcode(error, ...deadToken)) throw error
      await tokens.drop(source.key, value)
      return send((await tokens.get(source)).value)
    }
  }

  return {
    async codeToSession(appId, code) {
      if (miniprogram?.appId !== appId)
        fail('app_unknown', `${appId} is not the mini program of this installation`)
      const query = {
        appid: appId,
        secret: miniprogram.secret,
        js_code: code,
        grant_type: 'authorization_code',
      }
      const { openid, unionid } = await api.call(SessionReply, {
        method: 'GET',
        path: '/sns/jscode2session',
        query,
      })
      return { openid, unionid: unionid || null }
    },

    authorizeUrl(redirectUri, state) {
      const url = new URL(`${openUrl}/connect/oauth2/authorize`)
      url.search = new URLSearchParams({
        appid: account().appId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'snsapi_base',
        state,
      }).toString()
      url.hash = 'wechat_redirect'
      return url.href
    },

    async exchangeCode(code) {
      const { appId, secret } = account()
      const query = { appid: appId, secret, code, grant_type: 'authorization_code' }
      const { openid, unionid, is_snapshotuser } = await api.call(OauthReply, {
        method: 'GET',
        path: '/sns/oauth2/access_token',
        query,
      })
      return { openid, unionid: unionid || null, snapshot: is_snapshotuser === 1 }
    },

    async followerUnionid(openid) {
      const request: PlatformRequest = {
        method: 'GET',
        path: '/cgi-bin/user/info',
        query: { openid, lang: 'zh_CN' },
      }
      return (await call(account(), FollowerReply, request)).unionid || null
    },

    async phoneNumber({ code, openid }) {
      const of =
        miniprogram ??
        fail(
          'app_unknown',
          'No mini program is set up: set MINIPROGRAM_APP_ID and MINIPROGRAM_APP_SECRET',
        )
      const { phone_info: info } = await call(of, PhoneReply, {
        method: 'POST',
        path: '/wxa/business/getuserphonenumber',
        body: { code, openid },
      })
      return { pure: info.purePhoneNumber, countryCode: String(info.countryCode) }
    },

    lastSeen: api.lastSeen,
  }
}
