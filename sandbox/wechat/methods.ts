import { tokenMethods } from './tokens.ts'
import { userMethods } from './users.ts'

/** What of api.weixin.qq.com is played here. */
export const wechatMethods = [...tokenMethods, ...userMethods]
