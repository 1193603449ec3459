import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { providerIdsOf } from '../../state/ids.ts'
import { changed, now, type World } from '../../state/world.ts'
import { install, issueAuthCode, tellSuite, uninstall } from './installation.ts'
import { everyPermission, type App } from './state.ts'
import { sendSuiteTicket } from './suite-tickets.ts'
import { appNamed, departmentNamed, memberNamed } from './tell-app.ts'
import { hostOf } from './trusted.ts'
import { chosenDepartments, setVisible } from './visible.ts'
import type { Suite } from '../../scenes/scene.ts'

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(1000))
const range = {
  members: v.optional(v.array(text)),
  departments: v.optional(v.array(v.pipe(v.number(), v.integer()))),
  permissions: v.optional(v.array(v.picklist(everyPermission))),
}

export const installHappenings: Happening[] = [
  happening(
    'suite.ticket',
    'WeCom pushes a new suite_ticket now.',
    v.strictObject({ suiteId: text }),
    (world, { suiteId }) => {
      return { suiteTicket: sendSuiteTicket(world, suiteNamed(world, suiteId)) }
    },
  ),
  happening(
    'install.authorize',
    'An admin scans a QR code (its text) or installs a suite, and grants a visible range: create_auth. Without a range everybody is in it.',
    v.strictObject({ adminId: text, text: v.optional(text), suiteId: v.optional(text), ...range }),
    (world, body) => ({ apps: authorizeApps(world, body) }),
  ),
  happening(
    'install.change',
    'An admin changes the visible range or the permissions of an app: change_auth, unless it is an own app.',
    v.strictObject({ agentId: v.optional(text), ...range }),
    changeApp,
  ),
  happening(
    'install.cancel',
    'An admin deletes an app: cancel_auth.',
    v.strictObject({ agentId: text }),
    (world, { agentId }) => {
      if (world.apps.list.length === 1)
        throw new Nonsense('the last app stays: the client needs one to open')
      uninstall(world, installedNamed(world, agentId))
    },
  ),
  happening(
    'install.reset-code',
    'An admin resets the secret of a customized app: reset_permanent_code with a code for the new one.',
    v.strictObject({ agentId: text }),
    (world, { agentId }) => {
      const app = installedNamed(world, agentId)
      const { value } = issueAuthCode(world, app, {
        adminId: app.admins[0] ?? '',
        state: '',
        renews: true,
      })
      tellSuite(world, app, 'reset_permanent_code', { AuthCode: value })
      return { authCode: value }
    },
  ),
  happening(
    'install.go-online',
    'The provider sets a customized app up and goes online with it. Its callback address: POST /_sandbox/callbacks.',
    v.strictObject({
      agentId: text,
      home: v.optional(text),
      trustedHosts: v.optional(v.array(text)),
    }),
    (world, { agentId, home, trustedHosts }) => {
      const app = installedNamed(world, agentId)
      if (home !== undefined && !home.startsWith('/') && !hostOf(home))
        throw new Nonsense(`"${home}" is no address of a page`)
      Object.assign(app, {
        home: home ?? app.home,
        trustedHosts: trustedHosts ?? app.trustedHosts,
        isOnline: true,
      })
      changed(world)
    },
  ),
  happening(
    'app.allow-ips',
    'An admin sets the addresses that may call (企业可信IP); null lets all of them.',
    v.strictObject({
      agentId: v.optional(text),
      ips: v.nullable(v.array(v.pipe(v.string(), v.ip()))),
    }),
    (world, { agentId, ips }) => {
      appNamed(world, agentId).allowedIps = ips
      changed(world)
    },
  ),
]

interface Range {
  members?: string[] | undefined
  departments?: number[] | undefined
}

export function authorizeApps(
  world: World,
  body: Range & {
    adminId: string
    text?: string | undefined
    suiteId?: string | undefined
    permissions?: App['permissions'] | undefined
  },
) {
  memberNamed(world, body.adminId)
  const { suites, state } = offered(world, body)
  const visible = rangeOf(world, body, { members: [], departments: [1] })
  const known = suites.find(({ id }) => world.apps.list.some(({ suiteId }) => suiteId === id))
  if (known) throw new Nonsense(`the corp has an app of "${known.id}" already`)
  return suites.map((suite) => {
    const app = install(world, suite, {
      adminId: body.adminId,
      visible,
      permissions: body.permissions,
    })
    const { value } = issueAuthCode(world, app, { adminId: body.adminId, state, renews: false })
    tellSuite(world, app, 'create_auth', { AuthCode: value, ...(state !== '' && { State: state }) })
    return {
      agentId: app.agentId,
      suiteId: suite.id,
      corpId: providerIdsOf(world).corp(app.corpId),
      authCode: value,
    }
  })
}

/** What a QR code offers, or the suite by its id alone, as from the provider's own page. */
function offered(
  world: World,
  { text, suiteId }: { text?: string | undefined; suiteId?: string | undefined },
): { suites: Suite[]; state: string } {
  if (text === undefined) return { suites: [suiteNamed(world, suiteId ?? '')], state: '' }
  const invitation = world.apps.invitations.find((one) => one.text === text)
  if (!invitation) throw new Nonsense('this QR code invites nobody')
  if (now(world) >= invitation.expiresAt) throw new Nonsense('this QR code is older than ten days')
  const ids =
    suiteId === undefined ? invitation.suiteIds : invitation.suiteIds.filter((id) => id === suiteId)
  if (ids.length === 0) throw new Nonsense(`this QR code is not for "${suiteId}"`)
  return { suites: ids.map((id) => suiteNamed(world, id)), state: invitation.state }
}

function changeApp(
  world: World,
  {
    agentId,
    permissions,
    ...range
  }: Range & { agentId?: string | undefined; permissions?: App['permissions'] | undefined },
) {
  const app = appNamed(world, agentId)
  setVisible(
    world,
    app,
    rangeOf(world, range, {
      members: app.visible.members,
      departments: chosenDepartments(world, app),
    }),
  )
  app.permissions = permissions ?? app.permissions
  if (app.mode !== 'own')
    tellSuite(world, app, 'change_auth', { AuthCorpId: providerIdsOf(world).corp(app.corpId) })
  changed(world)
}

/** Naming one of the two leaves the other empty, naming neither keeps what is. */
function rangeOf(
  world: World,
  { members, departments }: Range,
  otherwise: App['visible'],
): App['visible'] {
  for (const id of members ?? []) memberNamed(world, id)
  for (const id of departments ?? []) departmentNamed(world, id)
  return members === undefined && departments === undefined
    ? otherwise
    : { members: members ?? [], departments: departments ?? [] }
}

function suiteNamed(world: World, id: string): Suite {
  const suite = world.apps.provider.suites.find((one) => one.id === id)
  if (!suite) throw new Nonsense(`there is no template or suite "${id}"`)
  return suite
}

function installedNamed(world: World, agentId: string): App {
  const app = appNamed(world, agentId)
  if (app.mode === 'own')
    throw new Nonsense(`app "${agentId}" is the corp's own, no provider has to do with it`)
  return app
}
