import type Router from '@koa/router'
import type * as v from 'valibot'
import { enqueue } from '../pushes/delivery.ts'
import { push } from '../pushes/push.ts'
import { receiverKind, receiversOf } from '../pushes/receivers.ts'
import { setRules } from '../pushes/rules.ts'
import { newAddress, type CallbackAddress } from '../pushes/state.ts'
import { verifyUrl } from '../pushes/verify.ts'
import { changed, type World } from '../state/world.ts'
import { Nonsense } from './nonsense.ts'
import { readBody } from './read.ts'
import * as shapes from './shapes.ts'
import type { Receiver } from '../pushes/receiver.ts'

/** Callback addresses, what was pushed to them, and what shall go wrong on the way. */
export function pushDoors(router: Router, world: World) {
  router.get('/_sandbox/callbacks', (ctx) => {
    const { addresses } = world.pushes
    ctx.body = {
      items: receiversOf(world).map((receiver) => ({
        receiver,
        ...(addresses[receiver] ?? { url: null }),
      })),
    }
  })

  router.post('/_sandbox/callbacks', async (ctx) => {
    const wish = await readBody(ctx, shapes.SaveCallback)
    ctx.body = { receiver: wish.receiver, ...(await save(world, wish)) }
  })

  // For events that nothing in the sandbox causes: any body of the platform's pages, to anybody.
  router.post('/_sandbox/pushes', async (ctx) => {
    const { receiver, body } = await readBody(ctx, shapes.SendPush)
    known(world, receiver)
    const last = world.pushes.deliveries.at(-1)
    push(world, receiver as Receiver, body)
    const { deliveries } = world.pushes
    ctx.body = deliveries[last ? deliveries.indexOf(last) + 1 : 0]
  })

  router.get('/_sandbox/deliveries', (ctx) => {
    const { receiver, event, state, limit = '500' } = ctx.query
    const isWanted = (name: string) =>
      event === undefined || name === event || name.startsWith(`${String(event)}/`)
    const items = world.pushes.deliveries.filter(
      (one) =>
        (!receiver || one.receiver === receiver) &&
        isWanted(one.event) &&
        (!state || one.state === state),
    )
    if (!/^[1-9]\d{0,3}$/.test(String(limit)))
      throw new Nonsense('"limit" must be a number from 1 to 9999')
    ctx.body = { items: items.slice(-Number(limit)) }
  })

  router.post('/_sandbox/deliveries/:id/replay', (ctx) => {
    const delivery = world.pushes.deliveries.find(({ id }) => id === ctx.params.id)
    if (!delivery) throw new Nonsense(`there is no delivery "${ctx.params.id}"`)
    enqueue(world, { delivery, tries: 0, isReplay: true })
    ctx.body = delivery
  })

  router.get('/_sandbox/delivery-rules', (ctx) => {
    ctx.body = rulesOf(world)
  })

  router.post('/_sandbox/delivery-rules', async (ctx) => {
    const { receiver, event, hold, ...counts } = await readBody(ctx, shapes.DeliveryRules)
    if (receiver !== undefined) known(world, receiver)
    setRules(world, {
      ...counts,
      receiver: receiver ?? null,
      event: event ?? null,
      isHolding: hold ?? false,
    })
    changed(world)
    ctx.body = rulesOf(world)
  })
}

async function save(
  world: World,
  wish: v.InferOutput<typeof shapes.SaveCallback>,
): Promise<CallbackAddress> {
  const receiver = wish.receiver as Receiver
  const kind = known(world, receiver)
  const old = world.pushes.addresses[receiver]
  const [token, aesKey] = [wish.token ?? old?.token, wish.aesKey ?? old?.aesKey]
  if (token === undefined || aesKey === undefined)
    throw new Nonsense(`${receiver} has no token and AES key yet: send them too`)
  const { mode = old?.mode, format = old?.format, messageUrl = old?.messageUrl } = wish
  const isAccount = receiver.startsWith('account:')
  const isPlatform = receiver.startsWith('component:')
  if (wish.mode !== undefined && wish.mode !== 'safe' && !isAccount)
    throw new Nonsense('only WeChat accounts can choose a mode; this one is always safe')
  if (wish.format === 'json' && !isAccount && !receiver.startsWith('app:'))
    throw new Nonsense('this receiver gets XML only')
  if (wish.messageUrl && !isPlatform)
    throw new Nonsense('only a third-party platform has a messageUrl')
  const address: CallbackAddress = {
    ...newAddress(token, aesKey),
    url: wish.url,
    mode: mode ?? 'safe',
    format: format ?? 'xml',
    messageUrl: messageUrl ?? null,
  }
  // The page of third-party platforms knows no such question (2.0/api/Before_Develop/message_push).
  if (wish.url !== null && !isPlatform)
    await verifyUrl(world.outbox.secondMs, wish.url, kind, address)
  world.pushes.addresses[receiver] = address
  changed(world)
  return address
}

function known(world: World, receiver: string) {
  const kind = receiversOf(world).some((one) => one === receiver)
    ? receiverKind(world, receiver as Receiver)
    : undefined
  if (!kind) throw new Nonsense(`there is no receiver "${receiver}", see GET /_sandbox/callbacks`)
  return kind
}

function rulesOf(world: World) {
  const { isHolding, collected, ...rules } = world.pushes.rules
  return { ...rules, hold: isHolding, collected: collected.length }
}
