import { push } from '../../pushes/push.ts'
import { providerIdsOf } from '../../state/ids.ts'
import { changed, makeSecret, now, seconds, type World } from '../../state/world.ts'
import { everyPermission, inUse, type App, type AuthCode, type Permission } from './state.ts'
import { setVisible } from './visible.ts'
import type { Xml } from '../../pushes/receiver.ts'
import type { Suite } from '../../scenes/scene.ts'

const tenMinutes = 600_000

export interface Wish {
  /** The admin of the corp who scans or clicks. */
  adminId: string
  visible: App['visible']
  permissions?: Permission[] | undefined
}

/**
 * The corp's app of this template or suite; a new one with an agentid of its own, or the one that
 * is there already, with the new range.
 */
export function install(world: World, suite: Suite, { adminId, visible, permissions }: Wish): App {
  const known = world.apps.list.find(({ suiteId }) => suiteId === suite.id)
  const app = known ?? newApp(world, suite)
  setVisible(world, app, visible)
  app.permissions = permissions ?? [...everyPermission]
  if (!app.admins.includes(adminId)) app.admins.push(adminId)
  if (!known) world.apps.list.push(app)
  // The first install starts the trial of 90 days, a later one does not start it again (WW-97194).
  world.licences.trials[suite.id] ??= now(world)
  changed(world)
  return app
}

function newApp(world: World, { id, kind, name }: Suite): App {
  const agentId = String(world.apps.nextAgentId)
  world.apps.nextAgentId += 1
  return {
    key: `${world.scene.corp.id}/${agentId}`,
    corpId: world.scene.corp.id,
    agentId,
    name,
    mode: kind,
    secret: '',
    suiteId: id,
    home: '/sidebar/',
    trustedHosts: [],
    visible: { members: [], departments: [] },
    permissions: [],
    allowedIps: null,
    admins: [],
    isOnline: kind === 'thirdparty',
    activity: { ...inUse },
  }
}

/** What the provider exchanges for the permanent code: ten minutes, once. */
export function issueAuthCode(
  world: World,
  app: App,
  more: Pick<AuthCode, 'adminId' | 'state' | 'renews'>,
): AuthCode {
  const code = {
    ...more,
    value: makeSecret(86),
    suiteId: app.suiteId ?? '',
    appKey: app.key,
    expiresAt: now(world) + tenMinutes,
    used: false,
  }
  world.apps.authCodes.push(code)
  return code
}

/** An InfoType push to the template's or suite's 指令回调 (WW-100965). */
export function tellSuite(world: World, app: App, infoType: string, more: Xml = {}) {
  const id = app.suiteId ?? ''
  push(world, `suite:${id}`, {
    SuiteId: id,
    InfoType: infoType,
    TimeStamp: seconds(world),
    ...more,
  })
}

/** The app leaves the corp: its tokens find nobody any more. */
export function uninstall(world: World, app: App) {
  world.apps.list = world.apps.list.filter((one) => one !== app)
  for (const grant of world.grants) if (grant.owner === app.key) grant.revoked = true
  world.apps.authCodes = world.apps.authCodes.filter(({ appKey }) => appKey !== app.key)
  Reflect.deleteProperty(world.pushes.addresses, `app:${app.key}`)
  tellSuite(world, app, 'cancel_auth', { AuthCorpId: providerIdsOf(world).corp(app.corpId) })
  changed(world)
}
