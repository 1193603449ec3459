import type { Area } from '../../platform/area.ts'

export const miniprogram: Area = { service: 'wechat', title: '小程序', methods: [], happenings: [], ledger: [] }
