import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { changed, seconds, type World } from '../../state/world.ts'
import { inUse, type App } from './state.ts'
import { appNamed, memberNamed, tellAppOf, tellAppBySystem } from './tell-app.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
/** WW-96307: 若一周后活跃度仍较低. */
const week = 7 * 86_400

/**
 * WW-96307 and its pushes (WW-96468): a provider's app that is little used learns of active
 * members' customers only, one that nobody uses learns of nobody's.
 */
export const activityHappenings: Happening[] = [
  happening(
    'app.little-used',
    'WeCom finds an app little used: low_active_alert now, low_active a week later. Then it learns of the customers of the active members only.',
    v.strictObject({ agentId: v.optional(id), activeMembers: v.optional(v.array(id), []) }),
    (world, { agentId, activeMembers }) => {
      for (const memberId of activeMembers) memberNamed(world, memberId)
      return warn(world, providersApp(world, agentId), 'low', activeMembers)
    },
  ),
  happening(
    'app.unused',
    'WeCom finds an app long unused: inactive_alert now, close_inactive_agent a week later. Then it learns of no customers.',
    v.strictObject({ agentId: v.optional(id) }),
    (world, { agentId }) => warn(world, providersApp(world, agentId), 'closed', []),
  ),
  happening(
    'app.used-again',
    'Members use an app again: active_restored. An admin opens one that was closed: reopen_inactive_agent.',
    v.strictObject({ agentId: v.optional(id) }),
    (world, { agentId }) => restore(world, providersApp(world, agentId)),
  ),
]

function providersApp(world: World, agentId: string | undefined): App {
  const app = appNamed(world, agentId)
  if (app.mode === 'own')
    throw new Nonsense(
      `app "${app.agentId}" is the corp's own: how much it is used does not matter`,
    )
  return app
}

function warn(world: World, app: App, next: 'low' | 'closed', activeMembers: string[]) {
  const { state } = app.activity
  if (state === next || state === 'closed')
    throw new Nonsense(`app "${app.agentId}" is ${state} already`)
  const effectAt = seconds(world) + week
  app.activity = { state, next, effectAt, activeMembers }
  tellAppBySystem(world, app, next === 'low' ? 'low_active_alert' : 'inactive_alert', {
    EffectTime: effectAt,
  })
  changed(world)
  return { effectTime: effectAt }
}

function restore(world: World, app: App) {
  const { state, next } = app.activity
  if (state === 'active' && next === null)
    throw new Nonsense(`app "${app.agentId}" is in use already`)
  app.activity = { ...inUse }
  if (state === 'low') tellAppBySystem(world, app, 'active_restored')
  if (state === 'closed') tellAppOf(world, app, app.admins[0] ?? '', 'reopen_inactive_agent')
  changed(world)
}

/** What an alert has announced, when its time has come. */
export function closeUnusedApps(world: World) {
  for (const app of world.apps.list) {
    const { next, effectAt, activeMembers } = app.activity
    if (next === null || effectAt === null || seconds(world) < effectAt) continue
    app.activity = { state: next, next: null, effectAt: null, activeMembers }
    tellAppBySystem(world, app, next === 'low' ? 'low_active' : 'close_inactive_agent')
    changed(world)
  }
}
