import { inside, objectsField, textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { officialOf } from '../accounts/tokens.ts'
import { followedAt, openidsOf, pageOf, personOf } from './people.ts'
import type { OfficialAccountRecord } from './state.ts'

const mostRemarkBytes = 30

export const followerMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/user/get', handle: listFollowers },
  { method: 'GET', path: '/cgi-bin/user/info', handle: getFollower },
  { method: 'POST', path: '/cgi-bin/user/info/batchget', handle: getFollowers },
  { method: 'POST', path: '/cgi-bin/user/info/updateremark', handle: remarkFollower },
]

function listFollowers(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const openids = openidsOf(world, account, account.followers.keys())
  return { total: openids.length, ...pageOf(openids, call.query.next_openid ?? '') }
}

function getFollower(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const { openid } = call.query
  if (!openid) throw new Refusal(41009, 'missing openid')
  return describeFollower(world, account, openid)
}

function getFollowers(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const wanted = objectsField(call, 'user_list').map((one) =>
    textField(inside(call, one), 'openid'),
  )
  if (wanted.length === 0 || wanted.length > 100)
    throw new Refusal(40032, 'invalid openid list size')
  return { user_info_list: wanted.map((openid) => describeFollower(world, account, openid)) }
}

/**
 * A follower's unionid; for anybody else `subscribe: 0` and nothing more. No nickname and picture
 * since 2021-12-27.
 */
function describeFollower(world: World, account: OfficialAccountRecord, openid: string): Reply {
  const customer = personOf(world, account, openid)
  const follower = account.followers.get(customer.id)
  if (!follower) return { subscribe: 0, openid }
  const { remark, tagIds, scene, qrScene } = follower
  return {
    subscribe: 1,
    openid,
    language: 'zh_CN',
    subscribe_time: followedAt(world, follower),
    unionid: customer.unionid,
    remark,
    groupid: tagIds[0] ?? 0,
    tagid_list: tagIds,
    subscribe_scene: scene,
    qr_scene: typeof qrScene === 'number' ? qrScene : 0,
    qr_scene_str: typeof qrScene === 'string' ? qrScene : '',
  }
}

function remarkFollower(world: World, call: Upstream): Reply {
  const account = officialOf(world, call, 'verified')
  const customer = personOf(
    world,
    account,
    textField(call, 'openid', { missing: [41009, 'missing openid'] }),
  )
  const remark = textField(call, 'remark', {
    mostBytes: mostRemarkBytes - 1,
    wrong: [40035, 'invalid parameter'],
  })
  const follower = account.followers.get(customer.id)
  if (!follower) throw new Refusal(43004, 'require subscribe')
  follower.remark = remark
  return { errcode: 0, errmsg: 'ok' }
}
