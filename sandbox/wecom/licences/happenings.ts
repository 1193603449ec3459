import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { push } from '../../pushes/push.ts'
import { providerIdsOf } from '../../state/ids.ts'
import { changed, makeSecret, now, seconds, type World } from '../../state/world.ts'
import type { Licence, LicenceOrder } from './state.ts'
import type { Xml } from '../../pushes/receiver.ts'
import type { LicenceKind } from '../../scenes/scene.ts'

const wish = v.strictObject({ orderId: v.pipe(v.string(), v.minLength(1)) })

export const licenceHappenings: Happening[] = [
  happening(
    'licence.pay',
    'The provider pays an order in its console: its codes are made, license_pay_success.',
    wish,
    (world, { orderId }) => {
      const order = orderNamed(world, orderId, 'unpaid')
      Object.assign(order, { status: 'paid', paidAt: now(world) })
      world.licences.licences.push(
        ...codesOf(world, order, 'base'),
        ...codesOf(world, order, 'contact'),
      )
      tellProvider(world, 'license_pay_success', order, { BuyerUserId: order.buyer })
      changed(world)
    },
  ),
  happening(
    'licence.refund',
    'WeCom pays an order back: its codes serve nobody any more, license_refund.',
    wish,
    (world, { orderId }) => {
      const order = orderNamed(world, orderId, 'paid')
      order.status = 'refunded'
      world.licences.licences = world.licences.licences.filter((one) => one.orderId !== order.id)
      // 5: 退款成功, as get_order has it.
      tellProvider(world, 'license_refund', order, { OrderStatus: 5 })
      changed(world)
    },
  ),
]

function orderNamed(world: World, id: string, status: LicenceOrder['status']): LicenceOrder {
  const order = world.licences.orders.find((one) => one.id === id)
  if (order?.status !== status) throw new Nonsense(`there is no ${status} order "${id}"`)
  return order
}

function codesOf(world: World, order: LicenceOrder, kind: LicenceKind): Licence[] {
  return Array.from({ length: kind === 'base' ? order.baseCount : order.contactCount }, () => ({
    code: `LA${makeSecret(30)}`,
    orderId: order.id,
    kind,
    createdAt: now(world),
    days: order.days,
    memberId: null,
    activatedAt: null,
    expiresAt: null,
    transferredAt: null,
    mergedInto: null,
    mergedFrom: null,
  }))
}

function tellProvider(world: World, infoType: string, order: LicenceOrder, more: Xml) {
  push(world, 'provider', {
    ServiceCorpId: world.apps.provider.corpId,
    InfoType: infoType,
    AuthCorpId: providerIdsOf(world).corp(world.scene.corp.id),
    OrderId: order.id,
    ...more,
    TimeStamp: seconds(world),
  })
}
