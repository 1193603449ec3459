import { inside, objectsField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { Ids } from '../../state/ids.ts'
import { changed, now, type World } from '../../state/world.ts'
import { isVisible, ok } from '../access.ts'
import { checkSize, errcodeOf, licensableMember } from './accounts.ts'
import { boundOf } from './activation.ts'
import type { Licence } from './state.ts'
import { authorizeForCorp, statusOf } from './wire.ts'

const day = 86_400_000
const waitingDays = 30
const overlapDays = 20

export const transferMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/license/batch_transfer_license', handle: transfer },
]

/** WW-97192: each pair gets its own errcode. */
function transfer(world: World, call: Upstream): Reply {
  const ids = authorizeForCorp(world, call)
  const pairs = objectsField(call, 'transfer_list')
  checkSize(pairs)
  const results = pairs.map((pair) => {
    const one = inside(call, pair)
    const from = textField(one, 'handover_userid')
    const to = textField(one, 'takeover_userid')
    return {
      handover_userid: from,
      takeover_userid: to,
      errcode: errcodeOf(() => transferOne(world, ids, from, to)),
    }
  })
  changed(world)
  return { ...ok, transfer_result: results }
}

function transferOne(world: World, ids: Ids, from: string, to: string) {
  const takeover = licensableMember(world, ids, to)
  // Who has left is a member no more, but the licence still bears the name.
  const held = world.licences.licences.filter(
    ({ memberId, mergedInto }) =>
      memberId !== null && mergedInto === null && ids.member(memberId) === from,
  )
  const serving = held.filter((licence) => statusOf(world, licence) === 2)
  if (held.length === 0 && !ids.findMember(from)) throw new Refusal(701019, 'invalid userid')
  if (serving.length === 0) throw new Refusal(701016, 'account is not active or expired')
  // Merged into itself, a licence would be lost.
  if (held.some(({ memberId }) => memberId === takeover))
    throw new Refusal(701018, 'takeover user already has the same type account')
  for (const licence of serving) checkTransfer(world, licence, takeover)
  for (const licence of serving) {
    const old = boundOf(world, takeover, licence.kind)
    if (old) Object.assign(old, { memberId: null, mergedInto: licence.code })
    Object.assign(licence, { memberId: takeover, transferredAt: now(world) })
  }
}

function checkTransfer(world: World, { memberId, kind, transferredAt }: Licence, takeover: string) {
  const isRecent = transferredAt !== null && now(world) - transferredAt < waitingDays * day
  if (isRecent && isInService(world, memberId ?? ''))
    throw new Refusal(701017, 'account has been transferred within 30 days')
  const old = boundOf(world, takeover, kind)
  const left = old?.expiresAt ? old.expiresAt - now(world) : 0
  if (left > overlapDays * day)
    throw new Refusal(701018, 'takeover user already has the same type account')
}

/** Leavers, and members no app of the provider sees, need not wait. */
function isInService(world: World, memberId: string): boolean {
  const member = world.members.find(({ id }) => id === memberId)
  return (
    member !== undefined &&
    world.apps.list.some((app) => app.mode !== 'own' && isVisible(app, member))
  )
}
