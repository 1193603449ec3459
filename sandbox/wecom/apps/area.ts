import type { ScanOutcome, ShownCode } from '../../api.ts'
import type { Area } from '../../platform/area.ts'
import { now, type World } from '../../state/world.ts'
import { activityHappenings, closeUnusedApps } from './activity.ts'
import { agentMethods } from './agents.ts'
import { departmentHappenings } from './department-happenings.ts'
import { departmentMethods } from './departments.ts'
import { authorizeApps, installHappenings } from './install-happenings.ts'
import { installMethods } from './install.ts'
import { appLedger } from './ledger.ts'
import { loginMethods } from './login.ts'
import { memberHappenings } from './member-happenings.ts'
import { memberMethods } from './members.ts'
import { miniprogramLogin, miniprogramLoginMethods } from './miniprogram.ts'
import { providerTokenMethods } from './provider-tokens.ts'
import { sendDueSuiteTickets } from './suite-tickets.ts'
import { appTables, ticketMeters } from './tables.ts'
import { tokenMethods } from './tokens.ts'

/** Corps, apps, providers; who signs in. */
export const apps: Area = {
  service: 'wecom',
  title: '应用与通讯录',
  methods: [
    ...tokenMethods,
    ...providerTokenMethods,
    ...installMethods,
    ...loginMethods,
    ...miniprogramLoginMethods,
    ...agentMethods,
    ...memberMethods,
    ...departmentMethods,
  ],
  happenings: [
    ...installHappenings,
    miniprogramLogin,
    ...memberHappenings,
    ...departmentHappenings,
    ...activityHappenings,
  ],
  ledger: appLedger,
  tables: appTables,
  meters: ticketMeters,
  tick(world) {
    sendDueSuiteTickets(world)
    closeUnusedApps(world)
  },
  shownCodes: shownInvitations,
  scan: scanInvitation,
}

/** The provider draws the code and shows it to the corp's admin. */
function shownInvitations(world: World): ShownCode[] {
  const good = world.apps.invitations.filter(({ expiresAt }) => now(world) < expiresAt)
  return good.toReversed().map(({ text, suiteIds }) => ({
    id: text,
    title: `代开发授权：${suiteIds.flatMap((id) => world.apps.provider.suites.find((suite) => suite.id === id)?.name ?? []).join('、')}`,
    text,
    imageUrl: `${world.addresses.sandbox}/_sandbox/codes/${Buffer.from(text).toString('base64url')}.png`,
  }))
}

/** An admin scans the QR code of a template with WeCom: everybody comes into the range. */
function scanInvitation(
  world: World,
  by: { device: string; userId: string },
  text: string,
): ScanOutcome | null {
  const invitation = world.apps.invitations.find((one) => one.text === text)
  if (!invitation) return null
  if (by.device !== 'wecom') return { kind: 'text', text: '请使用企业微信扫码' }
  if (now(world) >= invitation.expiresAt) return { kind: 'text', text: '二维码已过期' }
  const isInstalled = world.apps.list.some(
    ({ suiteId }) => suiteId !== null && invitation.suiteIds.includes(suiteId),
  )
  if (isInstalled) return { kind: 'text', text: '企业已安装该应用' }
  const names = authorizeApps(world, { adminId: by.userId, text }).map(({ agentId }) => agentId)
  return { kind: 'text', text: `已授权：${names.join('、')}` }
}
