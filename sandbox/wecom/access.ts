import { findGrant, stateOf } from '../state/grants.ts'
import { idsOf, type Ids } from '../state/ids.ts'
import type { SceneMember } from '../scenes/scene.ts'
import { Refusal, type Upstream } from '../platform/method.ts'
import type { World } from '../state/world.ts'
import type { App, Permission } from './apps/state.ts'

/** Who calls: the app of the token, and how it names people. */
export interface Caller {
  app: App
  ids: Ids
}

/**
 * Every call with an app's token: it must be known, unexpired and not withdrawn (WW-91039), and
 * come from an allowed address (60020).
 */
export function authorize(world: World, { query, ip }: Upstream): Caller {
  if (!query.access_token) throw new Refusal(41001, 'access_token missing')
  const token = findGrant(world, ['wecom.token'], query.access_token)
  if (!token) throw new Refusal(40014, 'invalid access_token')
  const state = stateOf(world, token)
  if (state === 'expired') throw new Refusal(42001, 'access_token expired')
  // WW-91039: WeCom may withdraw a token early.
  if (state === 'revoked') throw new Refusal(40014, 'invalid access_token')
  const app = [...world.apps.list, world.apps.contactSync].find(({ key }) => key === token.owner)
  if (!app) throw new Refusal(40014, 'invalid access_token')
  if (app.allowedIps !== null && !app.allowedIps.includes(ip))
    throw new Refusal(60020, 'not allow to access from your ip')
  return { app, ids: idsOf(world, app) }
}

/** 48002: the admin has not granted this permission set to the app. */
export function requirePermission({ app }: Caller, permission: Permission) {
  if (!app.permissions.includes(permission)) throw new Refusal(48002, 'api forbidden')
}

/** A member of the corp who is in the visible range of the app. */
export function visibleMember(caller: Caller, userid: string): SceneMember {
  const member = caller.ids.findMember(userid)
  if (!member) throw new Refusal(60111, 'userid not found')
  if (!isVisible(caller.app, member))
    throw new Refusal(60011, 'no privilege to access/modify contact/party/agent')
  return member
}

/**
 * 可见范围: named members, and members of named departments, which stand there with everything
 * below them.
 */
export function isVisible(
  { visible }: App,
  member: Pick<SceneMember, 'id' | 'departmentId'>,
): boolean {
  return visible.members.includes(member.id) || visible.departments.includes(member.departmentId)
}

export const ok = { errcode: 0, errmsg: 'ok' }
