import type { Area } from '../../platform/area.ts'

export const messages: Area = { service: 'wecom', title: '消息与素材', methods: [], happenings: [], ledger: [] }
