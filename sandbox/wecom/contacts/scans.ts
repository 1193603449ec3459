import type { Device, ScanOutcome } from '../../api.ts'
import { Nonsense } from '../../doors/nonsense.ts'
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
export function scan(world: World, { device, userId }: { device: Device; userId: string }, text: string): ScanOutcome | null {
  const code = codeOf(world, text)
  if (code === null) return null
  if (code === 'gone') return { kind: 'text', text: '该二维码已失效' }
  const customer = device === 'wechat' ? findCustomer(world, userId) : undefined
  if (!customer) return { kind: 'text', text: '请使用微信扫描' }
  return 'way' in code ? scanWay(world, code.way, customer) : joinByCode(world, code.join, customer)
}

/**
 * With `skip_verify` the two are contacts at once; otherwise the customer waits until the member accepts, and nothing is pushed before that (the half
 * relation is for members who take everybody without verification: WW-96361).
 */
export function scanWay(world: World, way: ContactWay, customer: SceneCustomer): ScanOutcome {
  if (isSpent(world, way)) return { kind: 'text', text: '该二维码已失效' }
  if (way.isTemp && way.unionid !== '' && way.unionid !== customer.unionid) return { kind: 'text', text: '该二维码仅限指定用户使用' }
  const memberId = chooseMember(world, way, customer)
  const follow = customer.follows.find((one) => one.memberId === memberId)
  if (!follow || follow.lost) {
    const adding = { memberId, customerId: customer.id, addWay: qrCode, state: way.state || null }
    if (way.skipVerify || follow?.lost) addContact(world, adding)
    else applyForContact(world, adding)
    if (way.isTemp) {
      const endsAt = now(world) + way.chatExpiresIn * 1000
      world.contacts.tempChats.push({ memberId, customerId: customer.id, endsAt, conclusions: way.conclusions })
    }
  }
  way.scans += 1
  return { kind: 'conversation', conversationId: contactConversation(world, memberId, customer.id).id }
}

/** In turn; an exclusive code leads a customer back to the member they already have. */
function chooseMember(world: World, way: ContactWay, customer: SceneCustomer): string {
  const people = peopleOf(world, way)
  const own = way.isExclusive ? people.find((id) => customer.follows.some(({ memberId }) => memberId === id)) : undefined
  const chosen = own ?? people[way.scans % people.length]
  if (chosen === undefined) throw new Nonsense('nobody stands behind this code any more')
  return chosen
}
