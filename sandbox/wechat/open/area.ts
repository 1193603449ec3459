import type { Area } from '../../platform/area.ts'

export const open: Area = { service: 'wechat', title: '开放平台', methods: [], happenings: [], ledger: [] }
