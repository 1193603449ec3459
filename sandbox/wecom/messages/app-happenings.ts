import * as v from 'valibot'
import type { Card } from '../../api.ts'
import { Nonsense } from '../../doors/nonsense.ts'
import { Card as CardShape } from '../../doors/shapes.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { push } from '../../pushes/push.ts'
import { addMessage, findMember, makeSecret, seconds, type World } from '../../state/world.ts'
import { idsOf } from '../../state/ids.ts'
import { isVisible } from '../access.ts'
import { type App, mainApp } from '../apps/state.ts'
import { keep, mediumUrl } from './media.ts'
import { appConversation, issueCardCode } from './send.ts'
import type { MediumKind, MenuItem } from './state.ts'
import type { Xml } from '../../pushes/receiver.ts'
import { describeMessage } from '../../state/shapes.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const Who = { memberId: id, agentId: v.optional(id) }

export const appHappenings: Happening[] = [
  happening(
    'app.message',
    'A member writes to an app: text, image, voice, video, location or link.',
    v.strictObject({ ...Who, card: CardShape }),
    (world, { memberId, agentId, card }) => {
      const app = appOf(world, memberId, agentId)
      const body = messageBody(world, app, card)
      if (!body) throw new Nonsense(`a member cannot send a ${card.kind} to an app`)
      const message = addMessage(
        world,
        appConversation(world, app, { id: memberId }),
        { kind: 'member', id: memberId },
        card,
      )
      tell(world, app, memberId, {
        ...body,
        MsgId: { bare: numberOf(message.id) },
        AgentID: Number(app.agentId),
        ...tailOf(card),
      })
      return describeMessage(message)
    },
  ),
  happening(
    'app.enter',
    'A member opens an app.',
    v.strictObject(Who),
    (world, { memberId, agentId }) => {
      const app = appOf(world, memberId, agentId)
      tell(world, app, memberId, {
        MsgType: 'event',
        Event: 'enter_agent',
        EventKey: '',
        AgentID: Number(app.agentId),
      })
    },
  ),
  happening(
    'app.subscribe',
    'A member follows an app (came into its visible range) or no longer does.',
    v.strictObject({ ...Who, subscribed: v.optional(v.boolean(), true) }),
    (world, { memberId, agentId, subscribed }) => {
      const app = subscribed ? appOf(world, memberId, agentId) : namedApp(world, agentId)
      if (!findMember(world, memberId)) throw new Nonsense(`there is no member "${memberId}"`)
      tell(world, app, memberId, {
        MsgType: 'event',
        Event: subscribed ? 'subscribe' : 'unsubscribe',
        AgentID: Number(app.agentId),
      })
    },
  ),
  happening(
    'app.menu',
    "A member presses a button of an app's menu, by its place: `0` or `1.2`.",
    v.strictObject({ ...Who, path: v.pipe(v.string(), v.regex(/^\d(\.\d)?$/)) }),
    (world, { memberId, agentId, path }) => {
      const app = appOf(world, memberId, agentId)
      const [top, below] = path.split('.').map(Number)
      const first = world.messages.menus.get(app.key)?.[top ?? -1]
      const item = below === undefined ? first : first?.sub_button?.[below]
      if (!item?.type) throw new Nonsense(`the menu has no button "${path}" that does anything`)
      tell(world, app, memberId, menuBody(app, item))
    },
  ),
  happening(
    'app.location',
    'An app that reports positions hears where the member is.',
    v.strictObject({
      ...Who,
      latitude: v.number(),
      longitude: v.number(),
      accuracy: v.optional(v.number(), 65),
    }),
    (world, { memberId, agentId, latitude, longitude, accuracy }) => {
      const app = appOf(world, memberId, agentId)
      const place = { Latitude: latitude, Longitude: longitude, Precision: accuracy }
      tell(world, app, memberId, {
        MsgType: 'event',
        Event: 'LOCATION',
        ...place,
        AgentID: Number(app.agentId),
        AppType: 'wxwork',
      })
    },
  ),
  happening(
    'app.card',
    'A member presses a button of a template card.',
    v.strictObject({ memberId: id, messageId: id, key: v.string() }),
    (world, { memberId, messageId, key }) => {
      const isMeant = (one: { memberId: string; messageId: string }) =>
        one.memberId === memberId && one.messageId === messageId
      const sent = [...world.messages.sent.values()].find(({ deliveries }) =>
        deliveries.some(isMeant),
      )
      const app = world.apps.list.find((one) => one.key === sent?.appKey)
      if (!sent?.card || sent.isRecalled || !app)
        throw new Nonsense('this message is no template card of the member')
      if (!sent.card.buttons.some((button) => button.key === key))
        throw new Nonsense(`the card has no button "${key}"`)
      const code = issueCardCode(world, sent)
      tell(world, app, memberId, {
        MsgType: 'event',
        Event: 'template_card_event',
        EventKey: key,
        TaskId: sent.card.taskId,
        CardType: sent.card.type,
        ResponseCode: code,
        AgentID: Number(app.agentId),
      })
      return { responseCode: code }
    },
  ),
]

function appOf(world: World, memberId: string, agentId: string | undefined): App {
  const member = findMember(world, memberId)
  if (!member) throw new Nonsense(`there is no member "${memberId}"`)
  const app = namedApp(world, agentId)
  if (!isVisible(app, member)) throw new Nonsense(`${memberId} does not see the app ${app.name}`)
  return app
}

function namedApp(world: World, agentId: string | undefined): App {
  const app =
    agentId === undefined ? mainApp(world) : world.apps.list.find((one) => one.agentId === agentId)
  if (!app) throw new Nonsense(`there is no app "${agentId ?? ''}"`)
  return app
}

/**
 * Own and customized apps get these at their address, a third-party app at its data address; the
 * head is the same (WW-90239).
 */
function tell(world: World, app: App, memberId: string, body: Xml) {
  const ids = idsOf(world, app)
  push(world, `app:${app.key}`, {
    ToUserName: ids.corp(app.corpId),
    FromUserName: ids.member(memberId),
    CreateTime: seconds(world),
    ...body,
  })
}

/** As in WW-90239; MsgId and AgentID follow. Null: a member has no such message for an app. */
function messageBody(world: World, app: App, card: Card): Xml | null {
  switch (card.kind) {
    case 'text':
      return { MsgType: 'text', Content: card.text }
    case 'image': {
      const medium = mediumFor(world, app, 'image', card.url)
      return { MsgType: 'image', PicUrl: medium.url, MediaId: medium.id }
    }
    case 'voice':
      return {
        MsgType: 'voice',
        MediaId: mediumFor(world, app, 'voice', card.url).id,
        Format: 'amr',
      }
    case 'video':
      return {
        MsgType: 'video',
        MediaId: mediumFor(world, app, 'video', card.url).id,
        ThumbMediaId: mediumFor(world, app, 'image', card.imgUrl).id,
      }
    case 'location':
      return {
        MsgType: 'location',
        Location_X: card.latitude,
        Location_Y: card.longitude,
        Scale: 16,
        Label: card.name || card.address,
      }
    case 'link':
      return {
        MsgType: 'link',
        Title: card.title,
        Description: card.desc,
        Url: card.url,
        PicUrl: card.imgUrl,
      }
    default:
      return null
  }
}

function tailOf(card: Card): Xml {
  return card.kind === 'location' ? { AppType: 'wxwork' } : {}
}

/**
 * One pixel, one frame, an empty box: what stands in for a picture, a voice or a video that the
 * sandbox knows by its address only.
 */
const samples: Record<MediumKind, Buffer> = {
  image: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  voice: Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(13, 0x04)]),
  video: Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'),
  file: Buffer.from('sandbox'),
}
const endings: Record<MediumKind, string> = {
  image: 'png',
  voice: 'amr',
  video: 'mp4',
  file: 'bin',
}

/**
 * The medium that the app can fetch: the one at the address if it is the sandbox's own, else a
 * sample.
 */
function mediumFor(
  world: World,
  app: App,
  kind: MediumKind,
  url: string,
): { id: string; url: string } {
  const own = [...world.messages.media.values()].find(
    (one) => one.kind === kind && mediumUrl(world, one) === url,
  )
  const bytes = own ? Buffer.from(own.bytes) : samples[kind]
  const type = own?.type ?? (kind === 'image' ? 'image/png' : '')
  const file = { filename: own?.filename ?? `${makeSecret(12)}.${endings[kind]}`, type, bytes }
  const medium = keep(world, app.corpId, kind, 'temporary', file, own?.seconds ?? 1)
  return { id: medium.id, url: own ? url : mediumUrl(world, medium) }
}

/** A 64-bit number made of the sandbox's own id. */
function numberOf(messageId: string): string {
  return BigInt(`0x${messageId.replace(/^.*-/, '')}`)
    .toString()
    .padStart(16, '1')
}

function menuBody(app: App, { type, key, url, pagepath }: MenuItem): Xml {
  const AgentID = Number(app.agentId)
  if (type === 'view') return { MsgType: 'event', Event: 'view', EventKey: url ?? '', AgentID }
  if (type === 'view_miniprogram')
    return { MsgType: 'event', Event: 'view_miniprogram', EventKey: pagepath ?? '', AgentID }
  return { MsgType: 'event', Event: type ?? 'click', EventKey: key ?? '', AgentID }
}
