import type { Area } from '../../platform/area.ts'
import { memberMethods } from './members.ts'
import { tokenMethods } from './tokens.ts'

/** Corps, apps, providers; who signs in. */
export const apps: Area = { service: 'wecom', title: '应用与通讯录', methods: [...tokenMethods, ...memberMethods], happenings: [], ledger: [] }
