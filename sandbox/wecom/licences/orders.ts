import { inside, numberField, objectField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { providerIdsOf } from '../../state/ids.ts'
import { changed, makeSecret, now, type World } from '../../state/world.ts'
import { ok } from '../access.ts'
import { authorizeProvider } from '../apps/provider-access.ts'
import type { LicenceOrder } from './state.ts'
import { authorizeForCorp, numberOf, pageOf, secondsOf } from './wire.ts'

export const orderMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/license/create_new_order', handle: createOrder },
  { method: 'POST', path: '/cgi-bin/license/list_order', handle: listOrders },
  { method: 'POST', path: '/cgi-bin/license/get_order', handle: getOrder },
  { method: 'POST', path: '/cgi-bin/license/list_order_account', handle: listOrderAccounts },
  { method: 'POST', path: '/cgi-bin/license/cancel_order', handle: cancelOrder },
]

/** A month has 31 days, and sixty are the most (WW-97185). */
const monthDays = 31
const mostMonths = 60
const mostAccounts = 1_000_000
const invalid: [number, string] = [40058, 'invalid Request Parameter']

/** WW-95644. The order waits for its payment, which is no call: happening `licence.pay`. */
function createOrder(world: World, call: Upstream): Reply {
  authorizeForCorp(world, call)
  const buyer = textField(call, 'buyer_userid', { missing: [41009, 'userid missing'] })
  const count = inside(call, objectField(call, 'account_count'))
  const baseCount = numberField(count, 'base_count', 0, { least: 0, most: mostAccounts })
  const contactCount = numberField(count, 'external_contact_count', 0, {
    least: 0,
    most: mostAccounts,
  })
  if (baseCount + contactCount === 0) throw new Refusal(...invalid)
  const given = inside(call, objectField(call, 'account_duration'))
  const duration = {
    months: numberField(given, 'months', 0, { least: 0, most: mostMonths }),
    days: numberField(given, 'days', 0, { least: 0 }),
  }
  const days = duration.months * monthDays + duration.days
  if (days < monthDays || days > mostMonths * monthDays) throw new Refusal(...invalid)
  if (world.licences.orders.some(({ status }) => status === 'unpaid'))
    throw new Refusal(701032, 'exist unpaid order')
  const order: LicenceOrder = {
    id: `OI${makeSecret(30)}`,
    kind: 'new',
    status: 'unpaid',
    buyer,
    baseCount,
    contactCount,
    days,
    duration,
    createdAt: now(world),
    paidAt: null,
  }
  world.licences.orders.push(order)
  changed(world)
  return { ...ok, order_id: order.id }
}

/** WW-95647. The two times go together and are at most 31 days apart. */
function listOrders(world: World, call: Upstream): Reply {
  const ids = authorizeProvider(world, call)
  const corpId = textField(call, 'corpid')
  const start = numberField(call, 'start_time', 0)
  const end = numberField(call, 'end_time', 0)
  const limit = numberField(call, 'limit', 500, { least: 1, most: 1000 })
  if ((start === 0) !== (end === 0) || end < start || end - start > monthDays * 86_400)
    throw new Refusal(...invalid)
  if (corpId !== '' && corpId !== ids.corp(world.scene.corp.id))
    throw new Refusal(40013, 'invalid corpid')
  const isWanted = ({ createdAt }: LicenceOrder) =>
    start === 0 || (secondsOf(createdAt) >= start && secondsOf(createdAt) < end)
  const { page, ...more } = pageOf(
    world.licences.orders.filter(isWanted),
    textField(call, 'cursor'),
    limit,
  )
  return {
    ...ok,
    ...more,
    order_list: page.map(({ id, kind }) => ({ order_id: id, order_type: typeOf[kind] })),
  }
}

const typeOf: Record<LicenceOrder['kind'], number> = { new: 1, renewal: 2 }
const statusOf: Record<LicenceOrder['status'], number> = {
  unpaid: 0,
  paid: 1,
  cancelled: 2,
  refunded: 5,
}

/** WW-97185. */
function getOrder(world: World, call: Upstream): Reply {
  authorizeProvider(world, call)
  const order = orderOf(world, call)
  return {
    ...ok,
    order: {
      order_id: order.id,
      order_type: typeOf[order.kind],
      order_status: statusOf[order.status],
      corpid: providerIdsOf(world).corp(world.scene.corp.id),
      price: priceOf(order),
      account_count: { base_count: order.baseCount, external_contact_count: order.contactCount },
      account_duration: order.duration,
      create_time: secondsOf(order.createdAt),
      ...(order.paidAt !== null && { pay_time: secondsOf(order.paidAt) }),
    },
  }
}

/** In 分. The sandbox's own price: the platform's table is not public. */
function priceOf({ baseCount, contactCount, days }: LicenceOrder): number {
  return (baseCount * 5 + contactCount * 15) * days
}

/** WW-95649: the codes are made when the order is paid. */
function listOrderAccounts(world: World, call: Upstream): Reply {
  const ids = authorizeProvider(world, call)
  const order = orderOf(world, call)
  const limit = numberField(call, 'limit', 500, { least: 1, most: 1000 })
  const accounts = world.licences.licences.filter(({ orderId }) => orderId === order.id)
  const { page, ...more } = pageOf(accounts, textField(call, 'cursor'), limit)
  return {
    ...ok,
    ...more,
    account_list: page.map(({ code, memberId, kind }) => ({
      active_code: code,
      ...(memberId !== null && { userid: ids.member(memberId) }),
      type: numberOf[kind],
    })),
  }
}

/** WW-96106. */
function cancelOrder(world: World, call: Upstream): Reply {
  authorizeForCorp(world, call)
  const order = orderOf(world, call)
  if (order.status !== 'unpaid') throw new Refusal(701084, 'order is not unpaid')
  order.status = 'cancelled'
  changed(world)
  return ok
}

function orderOf(world: World, call: Upstream): LicenceOrder {
  const id = textField(call, 'order_id', { missing: [701005, 'invalid license order'] })
  const order = world.licences.orders.find((one) => one.id === id)
  if (!order) throw new Refusal(701005, 'invalid license order')
  return order
}
