import type { Area } from '../../platform/area.ts'
import { officialHappenings } from './happenings.ts'
import { officialLedger } from './ledger.ts'
import { finishMasses } from './mass-jobs.ts'
import { officialMethods } from './methods.ts'
import { scanOfficialCode, shownOfficialCodes } from './qr-codes.ts'
import { massMeters, officialTables } from './tables.ts'

/** Official accounts: followers, tags, messages of every kind, menus, codes, media. */
export const official: Area = {
  service: 'wechat',
  title: '公众号',
  methods: officialMethods,
  happenings: officialHappenings,
  ledger: officialLedger,
  tables: officialTables,
  meters: massMeters,
  tick: finishMasses,
  shownCodes: shownOfficialCodes,
  scan: (world, { device, userId, isLooking }, text) =>
    device === 'wechat' ? scanOfficialCode(world, userId, text, isLooking) : null,
}
