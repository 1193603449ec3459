import type { Area } from '../../platform/area.ts'
import { auditMethods } from './audits.ts'
import { authorizerMethods } from './authorizers.ts'
import { codeMethods } from './code.ts'
import { domainMethods } from './domains.ts'
import { openHappenings } from './happenings.ts'
import { openLedger } from './ledger.ts'
import { openAccountMethods } from './open-accounts.ts'
import { privacyMethods } from './privacy.ts'
import { releaseMethods } from './releases.ts'
import { signInMethods } from './sign-in.ts'
import { openMeters, openTables } from './tables.ts'
import { templateMethods } from './templates.ts'
import { pushTickets, ticketMethods } from './tickets.ts'

/** Third-party platforms: what they may do for the accounts that authorized them. */
export const open: Area = {
  service: 'wechat',
  title: '开放平台',
  methods: [
    ...ticketMethods,
    ...authorizerMethods,
    ...signInMethods,
    ...templateMethods,
    ...codeMethods,
    ...auditMethods,
    ...releaseMethods,
    ...domainMethods,
    ...privacyMethods,
    ...openAccountMethods,
  ],
  happenings: openHappenings,
  ledger: openLedger,
  tables: openTables,
  meters: openMeters,
  tick: pushTickets,
}
