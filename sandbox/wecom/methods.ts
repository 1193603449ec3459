import { contactMethods } from './contacts.ts'
import { memberMethods } from './members.ts'
import { tokenMethods } from './tokens.ts'

/** What of qyapi.weixin.qq.com is played here. */
export const wecomMethods = [...tokenMethods, ...memberMethods, ...contactMethods]
