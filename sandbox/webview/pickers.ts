import type { Choice } from '../api.ts'
import { idsOf } from '../state/ids.ts'
import type { SceneCustomer } from '../scenes/scene.ts'
import type { WebviewRecord, World } from '../state/world.ts'
import { isVisible } from '../wecom/access.ts'
import type { App } from '../wecom/apps/state.ts'
import { mayUse, notAllowed } from './chat-functions.ts'
import { askPerson } from './choices.ts'
import { cancelled, done, systemOf, textsOf, type Outcome, type BridgeCall } from './outcome.ts'
import { avatarUrl } from '../state/find.ts'

type Option = Choice['options'][number]

/**
 * WW-91801: the member picks among their contacts. `filterType: 1` leaves out whom they picked
 * before.
 */
export async function selectContacts(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Promise<Outcome> {
  if (!mayUse(world, webview, app)) return notAllowed
  const key = `${app.key} ${webview.userId}`
  const before = world.messages.picked.get(key) ?? []
  const isFresh = Number(params.filterType) === 1
  const options = contactsOf(world, webview.userId).filter(
    ({ id }) => !isFresh || !before.includes(id),
  )
  const answer = await askPerson(world, webview, {
    kind: 'externalContacts',
    title: '选择客户',
    options: options.map((customer) => contactOption(world, customer, webview.userId)),
    least: 1,
    most: Math.max(1, options.length),
  })
  if (answer === null) return cancelled
  world.messages.picked.set(key, [...new Set([...before, ...answer])])
  const ids = idsOf(world, app)
  return {
    ...done,
    userIds: options.filter(({ id }) => answer.includes(id)).map((one) => ids.customer(one)),
  }
}

/** WW-90524: the result is JSON in a text. Departments are not offered. */
export async function selectMembers(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
  app: App,
): Promise<Outcome> {
  if (!mayUse(world, webview, app)) return notAllowed
  const ids = idsOf(world, app)
  const chosen = textsOf(params.selectedUserIds)
  const members = world.members.filter((member) => isVisible(app, member))
  const answer = await askPerson(world, webview, {
    kind: 'members',
    title: '选择成员',
    options: members.map(({ id, name, position }) => ({
      id,
      name,
      note: position,
      imageUrl: avatarUrl(world, id),
      chosen: chosen.includes(ids.member(id)),
    })),
    least: 1,
    most: params.mode === 'single' ? 1 : members.length,
  })
  if (answer === null) return cancelled
  const userList = members
    .filter(({ id }) => answer.includes(id))
    .map(({ id, name }) => ({ id: ids.member(id), name, avatar: avatarUrl(world, id) }))
  return { ...done, result: JSON.stringify({ selectAll: false, departmentList: [], userList }) }
}

/** The camera sees a code, or anything that the person on the desk types. iOS wraps what it saw. */
export async function scanCode(
  world: World,
  webview: WebviewRecord,
  { params }: BridgeCall,
): Promise<Outcome> {
  const answer = await askPerson(world, webview, {
    kind: 'scan',
    title: '扫一扫',
    least: 1,
    most: 1,
    isFree: true,
  })
  if (answer === null) return cancelled
  if (Number(params.needResult) !== 1) return done
  const [seen = ''] = answer
  return {
    ...done,
    resultStr:
      systemOf(webview) === 'ios' ? JSON.stringify({ scan_code: { scan_result: seen } }) : seen,
  }
}

export function contactsOf(world: World, memberId: string): SceneCustomer[] {
  return world.customers.filter(({ follows }) => follows.some((one) => one.memberId === memberId))
}

export function contactOption(
  world: World,
  { id, name, follows }: SceneCustomer,
  memberId: string,
  chosen = false,
): Option {
  const remark = follows.find((one) => one.memberId === memberId)?.remark ?? ''
  return {
    id,
    name: remark || name,
    note: remark === name ? '' : name,
    imageUrl: avatarUrl(world, id),
    chosen,
  }
}
