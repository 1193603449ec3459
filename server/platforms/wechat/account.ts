import * as v from 'valibot'
import { number, text } from '../lenient.ts'
import { openPlatformApi, type PlatformApi, type PlatformSurroundings } from '../platform-api.ts'
import type { TokenSource, TokenStore } from '../platform-tokens.ts'
import { callWithToken, type TokenCall } from '../with-token.ts'

/** A mini program or an official account, as its connection describes it. */
export interface WechatAccount {
  appId: string
  secret: string
}

export interface WechatOptions extends PlatformSurroundings {
  account: WechatAccount
  tokens: TokenStore
  apiUrl: string
}

export interface WechatUser {
  openid: string
  /** Only when the account is bound to an open-platform account. */
  unionid: string | null
}

const TokenReply = v.object({ access_token: text, expires_in: number })

/** WeChat's 40001 means "invalid or not the latest token". */
const deadToken = [40001, 40014, 42001] as const

/** WeChat's server API for one account, with its secret or with its access token. */
export function openAccount({ account, tokens, apiUrl, ...surroundings }: WechatOptions): {
  api: PlatformApi
  call: TokenCall
} {
  const { appId, secret } = account
  const api = openPlatformApi({ platform: 'wechat', baseUrl: apiUrl, ...surroundings })
  const source: TokenSource = {
    key: `wechat/${appId}/access_token`,
    async fetch() {
      // stable_token renews by itself. Unlike cgi-bin/token it does not end a token that another
      // program fetched.
      const body = { grant_type: 'client_credential', appid: appId, secret, force_refresh: false }
      const path = '/cgi-bin/stable_token'
      const reply = await api.call(TokenReply, { method: 'POST', path, body })
      return { value: reply.access_token, seconds: reply.expires_in }
    },
  }
  const { log } = surroundings
  return { api, call: callWithToken(api, tokens, source, { dead: deadToken, log }) }
}
