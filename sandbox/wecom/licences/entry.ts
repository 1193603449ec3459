import type { SceneMember } from '../../scenes/scene.ts'
import type { World } from '../../state/world.ts'
import { isVisible } from '../access.ts'
import type { App } from '../apps/state.ts'
import { tellAppOf } from '../apps/tell-app.ts'
import { activateByItself } from './auto-activation.ts'
import { isLicensed } from './licensed.ts'

/**
 * May the member sign in? Without a licence WeCom shows whom to ask instead, and tells the app of
 * members in its visible range (WW-95716). Opening the app, rather than any page of it, may
 * activate an account.
 */
export function mayEnter(world: World, app: App, member: SceneMember, isOpening: boolean): boolean {
  if (isOpening) activateByItself(world, app, member, 'opened')
  if (isLicensed(world, app, member.id)) return true
  if (isVisible(app, member)) tellAppOf(world, app, member.id, 'unlicensed_notify')
  return false
}
