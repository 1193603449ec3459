import { textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import {
  addMessage,
  changed,
  findCustomer,
  findMember,
  now,
  type World,
} from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { addContact, removeContact } from './follows.ts'
import { contactConversation } from '../../webview/webviews.ts'
import { takePage } from './page.ts'
import { hasFeature, servingMember } from './people.ts'
import type { Transfer } from './state.ts'

export const transferMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/transfer_customer', handle: transferCustomers },
  { method: 'POST', path: '/cgi-bin/externalcontact/transfer_result', handle: listTransfers },
]

const day = 86_400_000
/** WW-92125: a customer of a member in service moves twice in ninety days. */
const mostMoves = 2
const assigned = 202

function authorizeTransfers(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:contact:transfer')
  return caller
}

/** WW-92125: each customer has an errcode of its own; who is not refused moves after 24 hours. */
function transferCustomers(world: World, call: Upstream): Reply {
  const caller = authorizeTransfers(world, call)
  const from = servingMember(world, caller, textField(call, 'handover_userid'))
  const to = servingMember(world, caller, textField(call, 'takeover_userid'))
  const externalUserids = textsField(call, 'external_userid', {
    missing: [41035, 'missing external userid'],
    most: 100,
  })
  const message = textField(call, 'transfer_success_msg', { most: 200 })
  if (from.id === to.id)
    throw new Refusal(40130, 'handover_userid and takeover_userid are the same')
  const customer = externalUserids.map((externalUserid) => {
    const errcode = ask(world, caller, { externalUserid, from: from.id, to: to.id, message })
    return { external_userid: externalUserid, errcode }
  })
  changed(world)
  return { ...ok, customer }
}

function ask(
  world: World,
  { ids }: Caller,
  wish: { externalUserid: string; from: string; to: string; message: string },
): number {
  const { transfers } = world.contacts
  const customer = ids.findCustomer(wish.externalUserid)
  if (!customer) return 40096
  if (!customer.follows.some(({ memberId }) => memberId === wish.from)) return 40131
  const own = transfers.filter(({ customerId }) => customerId === customer.id)
  if (own.some(({ status }) => status === 2)) return 40129
  const moves = own.filter(
    ({ status, doneAt }) => status === 1 && (doneAt ?? 0) > now(world) - 90 * day,
  )
  if (moves.length >= mostMoves) return 40128
  const { from, to, message } = wish
  transfers.push({
    customerId: customer.id,
    from,
    to,
    status: 2,
    askedAt: now(world),
    doneAt: null,
    message,
  })
  return 0
}

/** WW-94088. */
function listTransfers(world: World, call: Upstream): Reply {
  const caller = authorizeTransfers(world, call)
  const from = servingMember(world, caller, textField(call, 'handover_userid'))
  const to = servingMember(world, caller, textField(call, 'takeover_userid'))
  return describeTransfers(world, caller, { from: from.id, to: to.id }, textField(call, 'cursor'))
}

export function describeTransfers(
  world: World,
  { ids }: Caller,
  { from, to }: { from: string; to: string },
  cursor: string,
): Reply {
  const own = world.contacts.transfers.filter((one) => one.from === from && one.to === to)
  const { page, next } = takePage(own, cursor, 1000)
  const customer = page.flatMap(({ customerId, status, doneAt }) => {
    const found = findCustomer(world, customerId)
    const time = doneAt === null ? 0 : Math.floor(doneAt / 1000)
    return found ? [{ external_userid: ids.customer(found), status, takeover_time: time }] : []
  })
  return { ...ok, customer, next_cursor: next }
}

/**
 * 24 hours after it was asked, a customer who has not refused belongs to the other member; both
 * changes are pushed.
 */
export function finishTransfers(world: World) {
  for (const transfer of world.contacts.transfers) {
    if (transfer.status === 2 && now(world) >= transfer.askedAt + day) finish(world, transfer)
  }
}

function finish(world: World, transfer: Transfer) {
  const { customerId, from, to, message } = transfer
  const follows = findCustomer(world, customerId)?.follows ?? []
  // The receiver may have left, or lost 客户联系, meanwhile.
  if (!findMember(world, to) || !hasFeature(world, to)) {
    transfer.status = 4
    return
  }
  transfer.status = 1
  transfer.doneAt = now(world)
  if (follows.some(({ memberId }) => memberId === from))
    removeContact(world, from, customerId, true)
  const hasContact = follows.some(({ memberId, lost }) => memberId === to && !lost)
  if (!hasContact) addContact(world, { memberId: to, customerId, addWay: assigned, state: null })
  const text = message || '您好，您的服务已升级，后续将由我为您服务。'
  addMessage(
    world,
    contactConversation(world, to, customerId),
    { kind: 'member', id: to },
    { kind: 'text', text },
  )
}
