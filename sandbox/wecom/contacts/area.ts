import type { Area } from '../../platform/area.ts'
import { contactMethods } from './contacts.ts'

export const contacts: Area = { service: 'wecom', title: '客户联系', methods: [...contactMethods], happenings: [], ledger: [] }
