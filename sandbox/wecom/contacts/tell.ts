import { tellApps } from '../../pushes/push.ts'
import type { SceneCustomer } from '../../scenes/scene.ts'
import type { Ids } from '../../state/ids.ts'
import type { World } from '../../state/world.ts'
import type { App } from '../apps/state.ts'
import { isLicensed } from '../licences/licensed.ts'
import type { Xml } from '../../pushes/receiver.ts'

/**
 * `change_external_contact` to every app that sees the member (events.json). `before` and `after`
 * stand around the two ids.
 */
export function tellContact(
  world: World,
  changeType: string,
  { memberId, customer }: { memberId: string; customer: SceneCustomer },
  { before = {}, after = () => ({}) }: { before?: Xml; after?: (app: App) => Xml } = {},
) {
  // WW-95652: somebody new is not announced for a member without a licence.
  const isTold = (app: App) =>
    changeType !== 'add_external_contact' || isLicensed(world, app, memberId, 'contact')
  tellApps(
    world,
    { corpId: world.scene.corp.id, memberId, permission: 'externalcontact:base:base', isTold },
    { Event: 'change_external_contact', ChangeType: changeType },
    (ids, app) => ({
      ...before,
      UserID: ids.member(memberId),
      ExternalUserID: ids.customer(customer),
      ...after(app),
    }),
  )
}

/** `change_external_tag`; ChangeType stands at the end (events.json). */
export function tellTag(world: World, changeType: string, payload: Xml) {
  tellApps(
    world,
    { corpId: world.scene.corp.id, permission: 'externalcontact:base:base' },
    { Event: 'change_external_tag' },
    () => ({
      ...payload,
      ChangeType: changeType,
    }),
  )
}

/**
 * `change_external_chat` to every app that sees the owner; ChangeType stands after ChatId
 * (events.json).
 */
export function tellGroup(
  world: World,
  changeType: string,
  { chatId, ownerId }: { chatId: string; ownerId: string },
  detail: (ids: Ids) => Xml = () => ({}),
) {
  tellApps(
    world,
    { corpId: world.scene.corp.id, memberId: ownerId, permission: 'externalcontact:base:base' },
    { Event: 'change_external_chat' },
    (ids) => ({ ChatId: chatId, ChangeType: changeType, ...detail(ids) }),
  )
}
