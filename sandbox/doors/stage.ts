import type Router from '@koa/router'
import type { Card, Party } from '../api.ts'
import {
  addMessage,
  changed,
  findCustomer,
  findMember,
  type Conversation,
  type World,
} from '../state/world.ts'
import { answerChoice } from '../webview/choices.ts'
import { addContact } from '../wecom/contacts/follows.ts'
import { memberSays } from '../wecom/contacts/speak.ts'
import { closeWebview, openWebview } from '../webview/webviews.ts'
import { follow, unfollow } from '../wechat/official/follow.ts'
import { speakInChat } from '../wechat/official/talk.ts'
import { Nonsense } from './nonsense.ts'
import { readBody } from './read.ts'
import * as shapes from './shapes.ts'
import { describe, describeDevices } from './describe.ts'
import { describeFollow, describeMessage } from '../state/shapes.ts'
import { setScene } from '../platform/create-world.ts'

/** Doors for people: what happens in the two windows. */
export function stageDoors(router: Router, world: World) {
  router.get('/_sandbox/state', (ctx) => {
    ctx.body = describe(world)
  })

  router.post('/_sandbox/webviews', async (ctx) => {
    const { id } = openWebview(world, await readBody(ctx, shapes.OpenWebview))
    ctx.body = { id, src: `${world.addresses.webview}/_webview/open/${id}` }
  })

  router.delete('/_sandbox/webviews/:id', (ctx) => {
    if (!closeWebview(world, ctx.params.id ?? '')) throw new Nonsense('there is no such webview')
    ctx.body = { ok: true }
  })

  router.post('/_sandbox/messages', async (ctx) => {
    const { conversationId, from, card, repeat } = await readBody(ctx, shapes.SendMessage)
    const conversation = conversationOf(world, conversationId)
    if (!conversation.participants.some(({ kind, id }) => kind === from.kind && id === from.id))
      throw new Nonsense(`${from.id} is not in this conversation`)
    if ((card === undefined) === (repeat === undefined))
      throw new Nonsense('give exactly one of card and repeat')
    const content = card ?? repeatedCard(world, repeat?.messageId ?? '')
    ctx.body = describeMessage(speak(world, conversation, from, content))
  })

  router.post('/_sandbox/forwards', async (ctx) => {
    const { webviewId, conversationId } = await readBody(ctx, shapes.AnswerForward)
    const webview = world.webviews.get(webviewId)
    const pending = webview?.pendingForward
    if (!webview || !pending) throw new Nonsense('this webview has nothing to forward')
    if (conversationId !== null) {
      const kind = webview.device === 'wecom' ? 'member' : 'customer'
      const conversation = conversationOf(world, conversationId)
      if (
        !conversation.participants.some(
          (party) => party.kind === kind && party.id === webview.userId,
        )
      ) {
        throw new Nonsense(`${webview.userId} is not in conversation "${conversationId}"`)
      }
      speak(world, conversation, { kind, id: webview.userId }, pending.card)
    }
    pending.settle(conversationId !== null)
    ctx.body = { ok: true }
  })

  router.post('/_sandbox/choices', async (ctx) => {
    answerChoice(world, await readBody(ctx, shapes.AnswerChoice))
    ctx.body = { ok: true }
  })

  router.post('/_sandbox/devices/wecom', async (ctx) => {
    const { memberId } = await readBody(ctx, shapes.WecomDevice)
    if (!findMember(world, memberId)) throw new Nonsense(`there is no member "${memberId}"`)
    world.devices.memberId = memberId
    changed(world)
    ctx.body = describeDevices(world)
  })

  router.post('/_sandbox/devices/wechat', async (ctx) => {
    const { customerId, locationPermission, position, network } = await readBody(
      ctx,
      shapes.WechatDevice,
    )
    if (customerId !== undefined && !findCustomer(world, customerId))
      throw new Nonsense(`there is no customer "${customerId}"`)
    const { devices } = world
    devices.customerId = customerId ?? devices.customerId
    devices.position = position ?? devices.position
    devices.network = network ?? devices.network
    if (locationPermission !== undefined) {
      devices.locationPermission = locationPermission
      if (locationPermission !== 'unset')
        devices.pendingLocation?.settle(locationPermission === 'granted')
    }
    changed(world)
    ctx.body = describeDevices(world)
  })

  router.post('/_sandbox/location-answers', async (ctx) => {
    const { id, allow } = await readBody(ctx, shapes.AnswerLocation)
    const pending = world.devices.pendingLocation
    if (pending?.id !== id) throw new Nonsense('the phone is not asking this')
    pending.settle(allow)
    ctx.body = { ok: true }
  })

  router.post('/_sandbox/reset', async (ctx) => {
    const { scene } = await readBody(ctx, shapes.Reset, { mayBeEmpty: true })
    setScene(world, scene ?? world.scene.name)
    ctx.body = { scene: world.scene.name, revision: world.revision }
  })

  router.post('/_sandbox/follows', async (ctx) => {
    const { state, ...body } = await readBody(ctx, shapes.AddFollow)
    ctx.body = describeFollow(world, addContact(world, { ...body, state: state ?? null }))
  })

  router.post('/_sandbox/subscriptions', async (ctx) => {
    const { customerId, subscribed } = await readBody(ctx, shapes.Subscribe)
    const customer = findCustomer(world, customerId)
    if (!customer) throw new Nonsense(`there is no customer "${customerId}"`)
    const account = world.official.accounts.find(
      ({ appid }) => appid === world.scene.officialAccount.appid,
    )
    if (account && subscribed) follow(world, account, customerId)
    else if (account) unfollow(world, account, customerId)
    ctx.body = { ok: true }
  })
}

/** What an older message carried. */
function repeatedCard(world: World, messageId: string): Card {
  const original = world.conversations
    .flatMap(({ messages }) => messages)
    .find(({ id }) => id === messageId)
  if (!original) throw new Nonsense(`there is no message "${messageId}"`)
  const { id: _id, from: _from, at: _at, ...card } = original
  return card
}

function speak(world: World, conversation: Conversation, from: Party, card: Card) {
  if (from.kind === 'member') return memberSays(world, conversation, from.id, card)
  const isHeard =
    from.kind === 'customer' &&
    (conversation.kind === 'official' || conversation.kind === 'service')
  return isHeard
    ? speakInChat(world, conversation, from.id, card)
    : addMessage(world, conversation, from, card)
}

function conversationOf(world: World, id: string) {
  const conversation = world.conversations.find((one) => one.id === id)
  if (!conversation) throw new Nonsense(`there is no conversation "${id}"`)
  return conversation
}
