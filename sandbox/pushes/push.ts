import type { Delivery } from '../api.ts'
import { makeId, now, seconds, type World } from '../state/world.ts'
import { idsOf, type Ids } from '../state/ids.ts'
import { isVisible } from '../wecom/access.ts'
import type { App, Permission } from '../wecom/apps/state.ts'
import { addressOwner, messageTakers, urlOf } from './receivers.ts'
import { admit } from './rules.ts'
import { textOf, writeJson, writeXml } from './xml.ts'

/**
 * Who gets a push: an app at its own address (`app:<corp>/<agent>`), a template or suite at its
 * 指令回调 (`suite:<id>`), the provider's system address (`provider`), a mini program or official
 * account (`account:<appid>`), a third-party platform of WeChat (`component:<appid>`). Messages of
 * an account also go to the third-party platform that may take them
 * (`messages:<component>/<appid>`): push to the account only.
 */
export type Receiver =
  | `app:${string}`
  | `suite:${string}`
  | 'provider'
  | `account:${string}`
  | `component:${string}`
  | `messages:${string}`

/**
 * The body of a push in document order, as in `events.json`: a text becomes CDATA, a number stands
 * bare, an object nests, a list repeats its element. `{ bare: 'x' }` is a text without CDATA, `{
 * cdata: 5 }` a number in CDATA: the platforms are not consistent.
 */
export type Xml = { [name: string]: XmlValue | XmlValue[] | undefined }
export type XmlValue = string | number | { bare: string } | { cdata: number } | Xml

/** A passive reply as it was read: texts without their CDATA, repeated elements as a list. */
export interface ReadXml {
  [name: string]: string | ReadXml | (string | ReadXml)[]
}

export interface PushOptions {
  /**
   * Called once, when the first round of attempts is over: with the passive reply, or `null` when
   * there was no usable one. `isAnswered` is false when the receiver failed (no answer in time, a
   * wrong answer, no address): WeChat then tells a chatting customer that the service is out of
   * order.
   */
  onReply?: (reply: ReadXml | null, isAnswered: boolean) => void
}

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
