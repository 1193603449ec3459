import type { ScanOutcome } from '../../api.ts'
import { Nonsense } from '../../doors/nonsense.ts'
import type { Scanner } from '../../platform/area.ts'
import type { SceneCustomer } from '../../scenes/scene.ts'
import { findCustomer, now, type World } from '../../state/world.ts'
import { contactConversation } from '../../webview/webviews.ts'
import { codeOf, isSpent } from './codes.ts'
import { addContact, applyForContact } from './follows.ts'
import { joinByCode } from './group-changes.ts'
import type { ContactWay } from './state.ts'
import { peopleOf } from './ways.ts'

const qrCode = 1

/** A customer's phone sees a code of ours. */
export function scan(
  world: World,
  { device, userId, isLooking }: Scanner,
  text: string,
): ScanOutcome | null {
  const code = codeOf(world, text)
  if (code === null) return null
  if (code === 'gone') return { kind: 'text', text: '该二维码已失效' }
  const customer = device === 'wechat' ? findCustomer(world, userId) : undefined
  if (!customer) return { kind: 'text', text: '请使用微信扫描' }
  if ('join' in code) return joinByCode(world, code.join, customer)
  return (isLooking && cardOf(world, code.way, customer)) || scanWay(world, code.way, customer)
}

/**
 * With `skip_verify` the two are contacts at once; otherwise the customer waits until the member
 * accepts, and nothing is pushed before that (the half relation is for members who take everybody
 * without verification: WW-96361).
 */
export function scanWay(world: World, way: ContactWay, customer: SceneCustomer): ScanOutcome {
  const refusal = refusalOf(world, way, customer)
  if (refusal) return { kind: 'text', text: refusal }
  const memberId = chooseMember(world, way, customer)
  const follow = customer.follows.find((one) => one.memberId === memberId)
  if (!follow || follow.lost) {
    const adding = { memberId, customerId: customer.id, addWay: qrCode, state: way.state || null }
    if (way.skipVerify || follow?.lost) addContact(world, adding)
    else applyForContact(world, adding)
    if (way.isTemp) {
      const endsAt = now(world) + way.chatExpiresIn * 1000
      world.contacts.tempChats.push({
        memberId,
        customerId: customer.id,
        endsAt,
        conclusions: way.conclusions,
      })
    }
  }
  way.scans += 1
  return {
    kind: 'conversation',
    conversationId: contactConversation(world, memberId, customer.id).id,
  }
}

function refusalOf(world: World, way: ContactWay, customer: SceneCustomer): string | null {
  if (isSpent(world, way)) return '该二维码已失效'
  return way.isTemp && way.unionid !== '' && way.unionid !== customer.unionid
    ? '该二维码仅限指定用户使用'
    : null
}

/** The rep whom the code would add; null when there is nothing to be decided. */
function cardOf(world: World, way: ContactWay, customer: SceneCustomer): ScanOutcome | null {
  const memberId = chooseMember(world, way, customer)
  const isContact = customer.follows.some((one) => one.memberId === memberId && !one.lost)
  if (isContact || refusalOf(world, way, customer)) return null
  return { kind: 'card', party: { kind: 'member', id: memberId } }
}

/** In turn; an exclusive code leads a customer back to the member they already have. */
function chooseMember(world: World, way: ContactWay, customer: SceneCustomer): string {
  const people = peopleOf(world, way)
  const own = way.isExclusive
    ? people.find((id) => customer.follows.some(({ memberId }) => memberId === id))
    : undefined
  const chosen = own ?? people[way.scans % people.length]
  if (chosen === undefined) throw new Nonsense('nobody stands behind this code any more')
  return chosen
}
