import { findGrant, stateOf } from '../state/grants.ts'
import type { World } from '../state/world.ts'
import type { SceneMember } from '../scenes/scene.ts'
import { Refusal, type Upstream } from '../platform/method.ts'

/** Whose tokens and tickets: DESIGN's "keyed by corp and agent". */
export function ownerOf(world: World): string {
  return `${world.scene.corp.id}/${world.scene.app.agentId}`
}

/** Every call but gettoken: the token must be ours, unexpired and not withdrawn (WW-91039). */
export function authorize(world: World, { query }: Upstream) {
  if (!query.access_token) throw new Refusal(41001, 'access_token missing')
  const token = findGrant(world, ['wecom.token'], query.access_token)
  if (!token) throw new Refusal(40014, 'invalid access_token')
  const state = stateOf(world, token)
  if (state === 'expired') throw new Refusal(42001, 'access_token expired')
  // WW-91039: WeCom may withdraw a token early.
  if (state === 'revoked') throw new Refusal(40014, 'invalid access_token')
}

/** A member of the corp who is in the visible range of the app. */
export function visibleMember(world: World, userid: string): SceneMember {
  const member = world.members.find((one) => one.id.toLowerCase() === userid.toLowerCase())
  if (!member) throw new Refusal(60111, 'userid not found')
  if (!member.visible) throw new Refusal(60011, 'no privilege to access/modify contact/party/agent')
  return member
}

export function isVisible(world: World, userid: string): boolean {
  return world.members.some((member) => member.id === userid && member.visible)
}

export const ok = { errcode: 0, errmsg: 'ok' }
