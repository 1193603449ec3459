import { textField, textsField } from '../../platform/fields.ts'
import type { Method, Reply, Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { officialOf } from '../accounts/tokens.ts'
import { openidsOf, pageOf, personOf } from './people.ts'

const mostOpenids = 20
const ok = { errcode: 0, errmsg: 'ok' }

export const blacklistMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/tags/members/getblacklist', handle: listBlacklist },
  {
    method: 'POST',
    path: '/cgi-bin/tags/members/batchblacklist',
    handle: (world, call) => change(world, call, (list, id) => list.add(id)),
  },
  {
    method: 'POST',
    path: '/cgi-bin/tags/members/batchunblacklist',
    handle: (world, call) => change(world, call, (list, id) => list.delete(id)),
  },
]

function listBlacklist(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const openids = openidsOf(world, account, account.blacklist)
  return { total: openids.length, ...pageOf(openids, textField(call, 'begin_openid')) }
}

function change(
  world: World,
  call: Upstream,
  apply: (list: Set<string>, customerId: string) => unknown,
): Reply {
  const account = officialOf(world, call, 'verified')
  const openids = textsField(call, 'openid_list', {
    missing: [40032, 'invalid openid list size'],
    most: mostOpenids,
    wrong: [40032, 'invalid openid list size'],
  })
  const people = openids.map((openid) => personOf(world, account, openid))
  for (const { id } of people) apply(account.blacklist, id)
  return ok
}
