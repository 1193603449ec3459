import type { Area } from '../../platform/area.ts'

export const licences: Area = { service: 'wecom', title: '接口许可', methods: [], happenings: [], ledger: [] }
