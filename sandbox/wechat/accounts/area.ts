import type { Area } from '../../platform/area.ts'
import { tokenMethods } from './tokens.ts'
import { userMethods } from './users.ts'

/** Tokens and sign-in of every kind of WeChat account. */
export const accounts: Area = { service: 'wechat', title: '帐号', methods: [...tokenMethods, ...userMethods], happenings: [], ledger: [] }
