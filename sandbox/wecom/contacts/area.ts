import type { Area } from '../../platform/area.ts'
import type { World } from '../../state/world.ts'
import { shownCodes } from './codes.ts'
import { contactHappenings } from './contact-happenings.ts'
import { contactMethods } from './contacts.ts'
import { conversionMethods } from './conversions.ts'
import { groupHappenings } from './group-happenings.ts'
import { groupWelcomeMethods } from './group-welcome.ts'
import { groupMethods } from './groups.ts'
import { contactTables } from './inspect.ts'
import { joinWayMethods } from './join-ways.ts'
import { contactLedger } from './ledger.ts'
import { massHappenings } from './mass-happenings.ts'
import { massRecordMethods } from './mass-records.ts'
import { massMethods } from './mass.ts'
import { conversionMeters } from './quotas.ts'
import { remarkMethods } from './remark.ts'
import { resignedMethods } from './resigned.ts'
import { scan } from './scans.ts'
import { tagHappenings } from './tag-happenings.ts'
import { tagMethods } from './tags.ts'
import { endTempChats } from './temp-chats.ts'
import { finishTransfers, transferMethods } from './transfers.ts'
import { wayMethods } from './ways.ts'
import { welcomeMethods } from './welcome.ts'

/** 客户联系: external contacts, tags, groups, codes, mass messages, conversion of ids. */
export const contacts: Area = {
  service: 'wecom',
  title: '客户联系',
  methods: [
    ...contactMethods,
    ...remarkMethods,
    ...tagMethods,
    ...groupMethods,
    ...joinWayMethods,
    ...groupWelcomeMethods,
    ...wayMethods,
    ...welcomeMethods,
    ...massMethods,
    ...massRecordMethods,
    ...conversionMethods,
    ...transferMethods,
    ...resignedMethods,
  ],
  happenings: [...contactHappenings, ...tagHappenings, ...groupHappenings, ...massHappenings],
  ledger: contactLedger,
  tables: contactTables,
  meters: conversionMeters,
  tick(world: World) {
    finishTransfers(world)
    endTempChats(world)
  },
  shownCodes,
  scan,
}
