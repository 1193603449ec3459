import type { Area } from '../../platform/area.ts'

export const official: Area = { service: 'wechat', title: '公众号', methods: [], happenings: [], ledger: [] }
