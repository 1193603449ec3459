import * as v from 'valibot'
import { optionalText, text } from '../lenient.ts'
import { openAccount, type WechatOptions, type WechatUser } from './account.ts'

/** WeChat's server API for one mini program. Every function throws `PlatformError`. */
export interface MiniprogramClient {
  /**
   * Exchanges the code of `wx.login`, which works once. The session key of the reply is not kept.
   */
  codeToSession(code: string): Promise<WechatUser>
  /**
   * Returns the phone number of a code (MP getPhoneNumber). A code is good for five minutes, once
   * (then 40029), and for this openid only.
   */
  phoneNumber(of: { code: string; openid: string }): Promise<{ pure: string; countryCode: string }>
}

/**
 * MP code2Session. The session key must not leave the server, so it does not even leave this file.
 */
const SessionReply = v.object({ openid: text, unionid: optionalText })

/** The page's example has the country code as a number, its table as a text. */
const PhoneReply = v.object({
  phone_info: v.object({
    purePhoneNumber: v.pipe(text, v.transform(digitsOf), v.regex(/^\d{4,15}$/)),
    countryCode: v.pipe(text, v.transform(digitsOf), v.regex(/^\d{1,4}$/)),
  }),
})

function digitsOf(number: string): string {
  return number.replace(/\D/g, '')
}

export function openMiniprogram(options: WechatOptions): MiniprogramClient {
  const { appId, secret } = options.account
  const { api, call } = openAccount(options)
  return {
    async codeToSession(code) {
      const query = { appid: appId, secret, js_code: code, grant_type: 'authorization_code' }
      const path = '/sns/jscode2session'
      const { openid, unionid } = await api.call(SessionReply, { method: 'GET', path, query })
      return { openid, unionid: unionid || null }
    },

    async phoneNumber(body) {
      const path = '/wxa/business/getuserphonenumber'
      const { phone_info: info } = await call(PhoneReply, { method: 'POST', path, body })
      return { pure: info.purePhoneNumber, countryCode: info.countryCode }
    },
  }
}
