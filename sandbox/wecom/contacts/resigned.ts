import { invalidParameter, numberField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { changed, findCustomer, now, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { takePage } from './page.ts'
import { servingMember } from './people.ts'
import { describeTransfers } from './transfers.ts'
import type { Unassigned } from './state.ts'

export const resignedMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/get_unassigned_list', handle: listUnassigned },
  { method: 'POST', path: '/cgi-bin/externalcontact/resigned/transfer_customer', handle: assign },
  {
    method: 'POST',
    path: '/cgi-bin/externalcontact/resigned/transfer_result',
    handle: listAssigned,
  },
]

/** A member has left: the customers wait until they are given to somebody. */
export function leaveContacts(world: World, memberId: string) {
  for (const customer of world.customers) {
    if (!customer.follows.some((follow) => follow.memberId === memberId)) continue
    customer.follows = customer.follows.filter((follow) => follow.memberId !== memberId)
    world.contacts.unassigned.push({ memberId, customerId: customer.id, leftAt: now(world) })
  }
}

/** WW-92124: those whom nobody has asked for yet. */
function listUnassigned(world: World, call: Upstream): Reply {
  const { ids } = authorizeTransfers(world, call)
  const size = numberField(call, 'page_size', 1000, { least: 1, most: 1000 })
  const waiting = world.contacts.unassigned.filter((one) => !isAsked(world, one))
  const page = numberField(call, 'page_id', 0, { least: 0 })
  const cursor = textField(call, 'cursor')
  // The older way counts pages; a cursor goes before it.
  const items = cursor === '' ? waiting.slice(page * size) : waiting
  const taken = takePage(items, cursor, size)
  const info = taken.page.flatMap(({ memberId, customerId, leftAt }) => {
    const customer = findCustomer(world, customerId)
    const time = Math.floor(leftAt / 1000)
    return customer
      ? [
          {
            handover_userid: ids.member(memberId),
            external_userid: ids.customer(customer),
            dimission_time: time,
          },
        ]
      : []
  })
  return { ...ok, info, is_last: taken.next === '', next_cursor: taken.next }
}

/**
 * WW-94081: like the transfer between members in service, but from somebody who has left (40097).
 */
function assign(world: World, call: Upstream): Reply {
  const caller = authorizeTransfers(world, call)
  const from = leaverOf(world, caller, textField(call, 'handover_userid'))
  const to = servingMember(world, caller, textField(call, 'takeover_userid'))
  const externalUserids = textsField(call, 'external_userid', {
    missing: [41035, 'missing external userid'],
    most: 100,
  })
  const customer = externalUserids.map((externalUserid) => {
    const found = caller.ids.findCustomer(externalUserid)
    const one = world.contacts.unassigned.find(
      ({ memberId, customerId }) => memberId === from && customerId === found?.id,
    )
    if (!found) return { external_userid: externalUserid, errcode: 40096 }
    if (!one) return { external_userid: externalUserid, errcode: 40131 }
    if (isAsked(world, one)) return { external_userid: externalUserid, errcode: 40129 }
    const { transfers } = world.contacts
    transfers.push({
      customerId: found.id,
      from,
      to: to.id,
      status: 2,
      askedAt: now(world),
      doneAt: null,
      message: '',
    })
    return { external_userid: externalUserid, errcode: 0 }
  })
  changed(world)
  return { ...ok, customer }
}

/** WW-94082. */
function listAssigned(world: World, call: Upstream): Reply {
  const caller = authorizeTransfers(world, call)
  const from = leaverOf(world, caller, textField(call, 'handover_userid'))
  const to = servingMember(world, caller, textField(call, 'takeover_userid'))
  return describeTransfers(world, caller, { from, to: to.id }, textField(call, 'cursor'))
}

function authorizeTransfers(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:contact:resigned')
  return caller
}

function leaverOf(world: World, { ids }: Caller, userid: string): string {
  if (userid === '') throw new Refusal(...invalidParameter)
  if (ids.findMember(userid)) throw new Refusal(40097, 'handover user is not resigned')
  const left = world.contacts.unassigned.find(({ memberId }) => ids.member(memberId) === userid)
  if (!left) throw new Refusal(40003, 'invalid userid')
  return left.memberId
}

/** Is a transfer under way or done? One that failed may be tried again. */
function isAsked(world: World, { memberId, customerId }: Unassigned): boolean {
  return world.contacts.transfers.some(
    (one) => one.from === memberId && one.customerId === customerId && one.status <= 2,
  )
}
