import * as v from 'valibot'
import { optionalNumber, optionalText, text } from '../lenient.ts'
import { openAccount, type WechatOptions, type WechatUser } from './account.ts'

/** WeChat's server API for one official account. Every call throws `PlatformError`. */
export interface OfficialAccountClient {
  /** Returns the address of the account's silent sign-in page. */
  authorizeUrl(redirectUri: string, state: string): string
  /**
   * Exchanges the code of that page. `snapshot` means a virtual user of a snapshot page, who is
   * nobody's identity.
   */
  exchangeCode(code: string): Promise<WechatUser & { snapshot: boolean }>
  /** Returns the unionid of a follower, or null for others. */
  followerUnionid(openid: string): Promise<string | null>
}

const OauthReply = v.object({
  openid: text,
  unionid: optionalText,
  is_snapshotuser: optionalNumber(0),
})
/** For people who do not follow, only `subscribe: 0` and the openid come. */
const FollowerReply = v.object({ subscribe: optionalNumber(0), unionid: optionalText })

export function openOfficialAccount({
  openUrl,
  ...options
}: WechatOptions & { openUrl: string }): OfficialAccountClient {
  const { appId, secret } = options.account
  const { api, call } = openAccount(options)
  return {
    authorizeUrl(redirectUri, state) {
      const url = new URL(`${openUrl}/connect/oauth2/authorize`)
      url.search = new URLSearchParams({
        appid: appId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'snsapi_base',
        state,
      }).toString()
      url.hash = 'wechat_redirect'
      return url.href
    },

    async exchangeCode(code) {
      const query = { appid: appId, secret, code, grant_type: 'authorization_code' }
      const path = '/sns/oauth2/access_token'
      const reply = await api.call(OauthReply, { method: 'GET', path, query })
      const { openid, unionid, is_snapshotuser } = reply
      return { openid, unionid: unionid || null, snapshot: is_snapshotuser === 1 }
    },

    async followerUnionid(openid) {
      const query = { openid, lang: 'zh_CN' }
      const path = '/cgi-bin/user/info'
      return (await call(FollowerReply, { method: 'GET', path, query })).unionid || null
    },
  }
}
