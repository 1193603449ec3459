import { Nonsense } from '../../doors/nonsense.ts'
import { push } from '../../pushes/push.ts'
import type { Xml } from '../../pushes/receiver.ts'
import { idsOf } from '../../state/ids.ts'
import { seconds, type World } from '../../state/world.ts'
import type { SceneMember } from '../../scenes/scene.ts'
import { type App, mainApp } from './state.ts'

/**
 * An event that a member causes at an app, told to the app's own address with the app's own ids
 * (WW-90240).
 */
export function tellAppOf(world: World, app: App, memberId: string, event: string) {
  tell(world, app, idsOf(world, app).member(memberId), event)
}

/** An event that nobody causes: 此时固定为：sys (WW-96468). */
export function tellAppBySystem(world: World, app: App, event: string, more: Xml = {}) {
  tell(world, app, 'sys', event, more)
}

function tell(world: World, app: App, from: string, event: string, more: Xml = {}) {
  push(world, `app:${app.key}`, {
    ToUserName: idsOf(world, app).corp(app.corpId),
    FromUserName: from,
    CreateTime: seconds(world),
    MsgType: 'event',
    Event: event,
    AgentID: Number(app.agentId),
    ...more,
  })
}

/** For happenings: the app of the agentid, or the main one. */
export function appNamed(world: World, agentId: string | undefined): App {
  if (agentId === undefined) return mainApp(world)
  const app = world.apps.list.find((one) => one.agentId === agentId)
  if (!app) throw new Nonsense(`there is no app "${agentId}"`)
  return app
}

/** For happenings. */
export function memberNamed(world: World, memberId: string): SceneMember {
  const member = world.members.find(({ id }) => id === memberId)
  if (!member) throw new Nonsense(`there is no member "${memberId}"`)
  return member
}

export function departmentNamed(world: World, id: number): World['departments'][number] {
  const department = world.departments.find((one) => one.id === id)
  if (!department) throw new Nonsense(`there is no department ${id}`)
  return department
}
