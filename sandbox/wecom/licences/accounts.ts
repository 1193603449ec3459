import { inside, numberField, objectsField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { Ids } from '../../state/ids.ts'
import { now, type World } from '../../state/world.ts'
import { isVisible, ok } from '../access.ts'
import { activate, boundOf, freeLicences } from './activation.ts'
import type { Licence } from './state.ts'
import { authorizeForCorp, kindOf } from './wire.ts'

export const accountMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/license/active_account', handle: activateAccount },
  { method: 'POST', path: '/cgi-bin/license/batch_active_account', handle: activateAccounts },
  { method: 'POST', path: '/cgi-bin/license/active_account_by_type', handle: activateByType },
]

const mostAtOnce = 1000

/** WW-97188. */
function activateAccount(world: World, call: Upstream): Reply {
  const ids = authorizeForCorp(world, call)
  activateOne(world, ids, call)
  return ok
}

function activateOne(world: World, ids: Ids, call: Upstream) {
  const code = textField(call, 'active_code')
  const memberId = licensableMember(
    world,
    ids,
    textField(call, 'userid', { missing: [41009, 'userid missing'] }),
  )
  const licence = licenceByCode(world, code)
  if (licence.memberId !== null || licence.mergedInto !== null)
    throw new Refusal(701003, 'active code has been bound')
  activate(world, licence, memberId)
}

/**
 * WW-97188: of the corp's unused codes of the kind, the one that must be activated first. The
 * member has none of the kind that still serves.
 */
function activateByType(world: World, call: Upstream): Reply {
  const ids = authorizeForCorp(world, call)
  const kind = kindOf(numberField(call, 'type', 0))
  const userid = textField(call, 'userid', { missing: [41009, 'userid missing'] })
  const memberId = licensableMember(world, ids, userid)
  if ((boundOf(world, memberId, kind)?.expiresAt ?? 0) > now(world))
    throw new Refusal(701011, 'userid has been bound')
  const [first] = freeLicences(world, kind)
  if (!first) throw new Refusal(701021, 'invalid active code')
  activate(world, first, memberId)
  return ok
}

export function licenceByCode(world: World, code: string): Licence {
  const licence = world.licences.licences.find((one) => one.code === code)
  if (!licence) throw new Refusal(701021, 'invalid active code')
  return licence
}

/** A member whom some app of the provider sees. */
export function licensableMember(world: World, ids: Ids, userid: string): string {
  const member = ids.findMember(userid)
  if (!member) throw new Refusal(701019, 'invalid userid')
  const apps = world.apps.list.filter(({ mode }) => mode !== 'own')
  if (!apps.some((app) => isVisible(app, member)))
    throw new Refusal(701088, 'user not in visible range of suite')
  return member.id
}

/** WW-97188: each gets its own errcode; 701024 when nothing went well. */
function activateAccounts(world: World, call: Upstream): Reply {
  const ids = authorizeForCorp(world, call)
  const wishes = objectsField(call, 'active_list')
  checkSize(wishes)
  const codes = wishes.map((wish) => wish.active_code)
  if (new Set(codes).size < codes.length) throw new Refusal(701023, 'duplicate active code')
  const results = wishes.map((wish) => {
    const one = inside(call, wish)
    return {
      active_code: textField(one, 'active_code'),
      userid: textField(one, 'userid'),
      errcode: errcodeOf(() => activateOne(world, ids, one)),
    }
  })
  if (results.every(({ errcode }) => errcode !== 0))
    throw new Refusal(701024, 'all failed', { active_result: results })
  return { ...ok, active_result: results }
}

export function checkSize(list: unknown[]) {
  if (list.length === 0) throw new Refusal(701025, 'empty list')
  if (list.length > mostAtOnce) throw new Refusal(701026, 'list size exceeds limit')
}

export function errcodeOf(run: () => void): number {
  try {
    run()
    return 0
  } catch (error) {
    if (error instanceof Refusal) return error.errcode
    throw error
  }
}
