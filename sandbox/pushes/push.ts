import type { Delivery } from '../api.ts'
import { makeId, now, seconds, type World } from '../state/world.ts'
import { idsOf, type Ids } from '../state/ids.ts'
import { isVisible } from '../wecom/access.ts'
import type { App, Permission } from '../wecom/apps/state.ts'
import type { PushOptions, Receiver, Xml } from './receiver.ts'
import { addressOwner, messageTakers, urlOf } from './receivers.ts'
import { admit } from './rules.ts'
import { textOf, writeJson, writeXml } from './xml.ts'

/**
 * Sends `<xml>` with these elements, encrypted and signed, now and again until it is answered.
 * Never throws, never waits.
 */
export function push(world: World, receiver: Receiver, body: Xml, options: PushOptions = {}): void {
  const takers = messageTakers(world, receiver)
  const all =
    takers.length === 0 || urlOf(world, receiver) !== null ? [receiver, ...takers] : takers
  // One passive reply is enough: the account's own, else the platform's.
  all.forEach((one, index) => post(world, one, body, index === 0 ? options : {}))
}

const keptDeliveries = 5000

function post(world: World, receiver: Receiver, body: Xml, { onReply }: PushOptions) {
  const { deliveries, addresses } = world.pushes
  const format = addresses[addressOwner(receiver)]?.format ?? 'xml'
  const delivery: Delivery = {
    id: makeId('push'),
    receiver,
    event: eventOf(body),
    created: new Date(now(world)).toISOString(),
    body: format === 'json' ? writeJson(body) : writeXml(body),
    state: 'waiting',
    attempts: [],
  }
  deliveries.push(delivery)
  if (deliveries.length > keptDeliveries) deliveries.splice(0, deliveries.length - keptDeliveries)
  if (onReply) world.outbox.askers.set(delivery.id, onReply)
  admit(world, delivery)
}

/** `change_external_contact/add_external_contact`, `suite_ticket`, `text`. */
function eventOf(body: Xml): string {
  const [name = ''] = [body.InfoType, body.Event, body.MsgType]
    .map(textOf)
    .filter((one) => one !== '')
  const change = textOf(body.ChangeType)
  return change === '' ? name : `${name}/${change}`
}

/**
 * Tells every app that may know: an own or customized app gets the event form at its address, a
 * third-party app the InfoType form at its suite's. `about` limits it to apps that see the member
 * and have the permission; `make` writes the payload with the app's own ids.
 */
export function tellApps(
  world: World,
  about: {
    corpId: string
    memberId?: string
    permission?: Permission
    isTold?: (app: App) => boolean
  },
  event: { Event: string; ChangeType?: string },
  make: (ids: Ids, app: App) => Xml,
): void {
  for (const app of world.apps.list) {
    if (app.corpId !== about.corpId) continue
    if (about.permission && !app.permissions.includes(about.permission)) continue
    if (about.isTold && !about.isTold(app)) continue
    const member =
      about.memberId === undefined
        ? undefined
        : world.members.find(({ id }) => id === about.memberId)
    if (member && !isVisible(app, member)) continue
    const ids = idsOf(world, app)
    const payload = make(ids, app)
    if (app.mode === 'thirdparty') {
      const head = {
        SuiteId: app.suiteId ?? '',
        AuthCorpId: ids.corp(app.corpId),
        InfoType: event.Event,
        TimeStamp: seconds(world),
      }
      push(world, `suite:${app.suiteId ?? ''}`, {
        ...head,
        ...(event.ChangeType !== undefined && { ChangeType: event.ChangeType }),
        ...payload,
      })
    } else {
      const head = {
        ToUserName: ids.corp(app.corpId),
        FromUserName: 'sys',
        CreateTime: seconds(world),
        MsgType: 'event',
        Event: event.Event,
      }
      push(world, `app:${app.key}`, {
        ...head,
        ...(event.ChangeType !== undefined && { ChangeType: event.ChangeType }),
        ...payload,
      })
    }
  }
}
