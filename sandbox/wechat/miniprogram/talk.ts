import type { Card } from '../../api.ts'
import { Nonsense } from '../../doors/nonsense.ts'
import { push } from '../../pushes/push.ts'
import {
  addMessage,
  findCustomer,
  makeSecret,
  now,
  seconds,
  type MessageRecord,
  type World,
} from '../../state/world.ts'
import { allow } from '../official/allowances.ts'
import { serviceConversation } from '../official/conversations.ts'
import type { Talk } from './state.ts'
import type { Xml } from '../../pushes/receiver.ts'

/** A customer writes to the mini program's service (客服消息). */
export function talkToMiniprogram(world: World, customerId: string, card: Card): MessageRecord {
  const body = messageBody(card)
  if (!body) throw new Nonsense(`a mini program's service gets no messages of kind "${card.kind}"`)
  const talk = talkOf(world, customerId)
  talk.allowances = allow(world, talk.allowances, 'message')
  talk.lastMessageAt = now(world)
  const message = addMessage(
    world,
    serviceConversation(world, customerId),
    { kind: 'customer', id: customerId },
    card,
  )
  tell(world, customerId, { ...body, MsgId: now(world) * 1000 })
  return message
}

/** A customer opens the talk by `<button open-type="contact">`. */
export function enterService(world: World, customerId: string, sessionFrom: string) {
  const talk = talkOf(world, customerId)
  talk.allowances = allow(world, talk.allowances, 'enter')
  tell(world, customerId, {
    MsgType: 'event',
    Event: 'user_enter_tempsession',
    SessionFrom: sessionFrom,
  })
  return { conversationId: serviceConversation(world, customerId).id }
}

function talkOf(world: World, customerId: string): Talk {
  const known = world.miniprogram.talks.get(customerId)
  if (known) return known
  const fresh: Talk = { allowances: [], lastMessageAt: null }
  world.miniprogram.talks.set(customerId, fresh)
  return fresh
}

function messageBody(card: Card): Xml | null {
  if (card.kind === 'text') return { MsgType: 'text', Content: card.text }
  if (card.kind === 'image') return { MsgType: 'image', PicUrl: card.url, MediaId: makeSecret(64) }
  if (card.kind !== 'miniprogram') return null
  const { title, appid, page, imgUrl } = card
  const ThumbMediaId = makeSecret(64)
  return {
    MsgType: 'miniprogrampage',
    Title: title,
    AppId: appid,
    PagePath: page,
    ThumbUrl: imgUrl,
    ThumbMediaId,
  }
}

function tell(world: World, customerId: string, body: Xml) {
  const { miniprogram, wechat } = world.scene
  push(world, `account:${miniprogram.appid}`, {
    ToUserName: wechat.miniprogram.originalId,
    FromUserName: findCustomer(world, customerId)?.miniprogramOpenid ?? '',
    CreateTime: seconds(world),
    ...body,
  })
}
