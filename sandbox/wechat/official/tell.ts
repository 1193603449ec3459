import type { Card } from '../../api.ts'
import { push } from '../../pushes/push.ts'
import { findCustomer, seconds, type World } from '../../state/world.ts'
import { openidOf } from '../accounts/openids.ts'
import { allow } from './allowances.ts'
import { makeMessageId } from './people.ts'
import { takeReply } from './replies.ts'
import type { OfficialAccountRecord, OfficialQrCode, Trigger } from './state.ts'
import type { Xml } from '../../pushes/receiver.ts'

/**
 * Pushes what a customer did; the account may answer at once (被动回复). A customer on the
 * blacklist is not heard.
 */
export function tell(world: World, account: OfficialAccountRecord, customerId: string, body: Xml) {
  const customer = findCustomer(world, customerId)
  if (!customer || account.blacklist.has(customerId)) return
  push(
    world,
    `account:${account.appid}`,
    {
      ToUserName: account.originalId,
      FromUserName: openidOf(world, account.appid, customer),
      CreateTime: seconds(world),
      ...body,
    },
    {
      onReply: (reply, isAnswered) =>
        takeReply(world, account.appid, customerId, reply, isAnswered),
    },
  )
}

export function tellEvent(
  world: World,
  account: OfficialAccountRecord,
  customerId: string,
  event: string,
  more: Xml = {},
) {
  tell(world, account, customerId, { MsgType: 'event', Event: event, ...more })
}

/** What a customer does lets the account write for a while. */
export function allowFor(
  world: World,
  account: OfficialAccountRecord,
  customerId: string,
  trigger: Trigger,
) {
  const follower = account.followers.get(customerId)
  if (follower) follower.allowances = allow(world, follower.allowances, trigger)
}

export function tellScan(
  world: World,
  account: OfficialAccountRecord,
  customerId: string,
  { scene, ticket }: OfficialQrCode,
) {
  allowFor(world, account, customerId, 'scan')
  tellEvent(world, account, customerId, 'SCAN', { EventKey: String(scene), Ticket: ticket })
}

/** A customer's message in the form of its kind, or null when accounts do not get such messages. */
export function messageBody(
  world: World,
  account: OfficialAccountRecord,
  card: Card,
  mediaId: string,
  isShort: boolean,
): Xml | null {
  const MsgId = makeMessageId(world, account)
  if (card.kind === 'text') return { MsgType: 'text', Content: card.text, MsgId }
  if (card.kind === 'image') return { MsgType: 'image', PicUrl: card.url, MediaId: mediaId, MsgId }
  if (card.kind === 'voice') return { MsgType: 'voice', MediaId: mediaId, Format: 'amr', MsgId }
  if (card.kind === 'video')
    return {
      MsgType: isShort ? 'shortvideo' : 'video',
      MediaId: mediaId,
      ThumbMediaId: mediaId,
      MsgId,
    }
  if (card.kind === 'location') {
    const { latitude, longitude, name, address } = card
    return {
      MsgType: 'location',
      Location_X: latitude,
      Location_Y: longitude,
      Scale: 16,
      Label: address || name,
      MsgId,
    }
  }
  if (card.kind === 'link')
    return { MsgType: 'link', Title: card.title, Description: card.desc, Url: card.url, MsgId }
  return null
}
