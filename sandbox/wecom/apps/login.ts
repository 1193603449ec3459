import { textField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { SceneCustomer, SceneMember } from '../../scenes/scene.ts'
import { spendCode } from '../../state/grants.ts'
import { idsOf } from '../../state/ids.ts'
import { keepNewest } from '../../state/forget.ts'
import {
  findCustomer,
  findMember,
  makeSecret,
  now,
  type Code,
  type World,
} from '../../state/world.ts'
import { authorize, isVisible, ok, type Caller } from '../access.ts'
import { openidOf } from './members.ts'
import { nameFor } from './names.ts'
import { authorizeSuite } from './provider-access.ts'
import type { UserTicket } from './state.ts'
import { isTrustedHost } from './trusted.ts'
import { avatarUrl } from '../../state/find.ts'

export const loginMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/auth/getuserinfo', handle: getUserInfo },
  { method: 'GET', path: '/cgi-bin/user/getuserinfo', handle: getUserInfoInOldWords },
  { method: 'POST', path: '/cgi-bin/auth/getuserdetail', handle: getUserDetail },
  { method: 'GET', path: '/cgi-bin/service/auth/getuserinfo3rd', handle: getUserInfoForSuite },
  { method: 'GET', path: '/cgi-bin/service/getuserinfo3rd', handle: getUserInfoForSuiteInOldWords },
  { method: 'POST', path: '/cgi-bin/service/auth/getuserdetail3rd', handle: getUserDetailForSuite },
  { method: 'POST', path: '/cgi-bin/service/getuserdetail3rd', handle: getUserDetailForSuite },
]

/** WW-95833: half an hour; to a third-party app WW-91121 says two hours. */
const ticketSeconds = { own: 1800, thirdparty: 7200 }

/**
 * WW-91023. A member's userid comes whether or not the app is visible to the member; others are
 * known by openid.
 */
function getUserInfo(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const code = redeem(world, caller, caller.app.key, call)
  const member = findMember(world, code.userId)
  if (!member) return { ...ok, ...strangerOf(world, caller, code.userId) }
  const ticket = issueTicket(world, caller, caller.app.key, member, code.scope)
  return {
    ...ok,
    userid: caller.ids.member(member.id),
    ...(ticket && { user_ticket: ticket.value }),
  }
}

/**
 * WW-91193: the path before `auth/`, as older clients call it. A member is `UserId`, somebody else
 * `OpenId`.
 */
function getUserInfoInOldWords(world: World, call: Upstream): Reply {
  const { userid, openid, ...rest } = getUserInfo(world, call)
  return {
    ...rest,
    ...(userid === undefined ? { OpenId: openid } : { UserId: userid }),
    DeviceId: '',
  }
}

/** WW-91121. */
function getUserInfoForSuite(world: World, call: Upstream): Reply {
  const { caller, suiteId } = suiteCaller(world, call)
  const code = redeem(world, caller, suiteId, call)
  const member = findMember(world, code.userId)
  if (!member) return { ...ok, ...strangerOf(world, caller, code.userId) }
  const ticket = issueTicket(world, caller, suiteId, member, code.scope)
  const userid = caller.ids.member(member.id)
  return {
    ...ok,
    corpid: caller.ids.corp(caller.app.corpId),
    userid,
    ...(ticket && { user_ticket: ticket.value, expires_in: ticketSeconds.thirdparty }),
    open_userid: userid,
  }
}

/** The path without `/auth` names its fields in capitals. */
function getUserInfoForSuiteInOldWords(world: World, call: Upstream): Reply {
  const { corpid, userid, openid, ...rest } = getUserInfoForSuite(world, call)
  return {
    ...rest,
    ...(userid === undefined
      ? { OpenId: openid }
      : { CorpId: corpid, UserId: userid, DeviceId: '' }),
  }
}

function suiteCaller(world: World, call: Upstream): { caller: Caller; suiteId: string } {
  const { id } = authorizeSuite(world, call)
  const app = world.apps.list.find(({ suiteId }) => suiteId === id)
  if (!app) throw new Refusal(40029, 'invalid code')
  return { caller: { app, ids: idsOf(world, app) }, suiteId: id }
}

function redeem(world: World, { app }: Caller, owner: string, { query }: Upstream): Code {
  if (!query.code) throw new Refusal(41008, 'code missing')
  const code = spendCode(world, 'wecom', owner, query.code)
  if (code === 'unknown') throw new Refusal(40029, 'invalid code')
  if (code === 'used') throw new Refusal(42022, 'oauth code has been used')
  if (code === 'expired') throw new Refusal(42003, 'code expired')
  if (code.redirectHost !== null && !isTrustedHost(world, app, code.redirectHost)) {
    // A refusal changes nothing: once the host is trusted, the code is still good.
    code.used = false
    throw new Refusal(50001, 'redirect_url is not trusted domain')
  }
  return code
}

/**
 * Who is no member: an openid, and the external_userid when a follower is in the visible range
 * (WW-96442).
 */
function strangerOf(world: World, { app, ids }: Caller, userId: string): Reply {
  const customer = findCustomer(world, userId)
  const isFollowed =
    customer !== undefined && followersOf(world, customer).some((member) => isVisible(app, member))
  return {
    openid: openidOf(app.corpId, userId),
    ...(isFollowed && { external_userid: ids.customer(customer) }),
  }
}

function followersOf(world: World, { follows }: SceneCustomer): SceneMember[] {
  return follows.flatMap(({ memberId }) => findMember(world, memberId) ?? [])
}

/** Only beyond snsapi_base, and for members in the visible range. */
function issueTicket(
  world: World,
  { app }: Caller,
  owner: string,
  member: SceneMember,
  scope: string,
): UserTicket | undefined {
  if (scope === 'snsapi_base' || !isVisible(app, member)) return undefined
  const seconds = app.mode === 'thirdparty' ? ticketSeconds.thirdparty : ticketSeconds.own
  const ticket = {
    value: makeSecret(128),
    owner,
    memberId: member.id,
    isPrivate: scope === 'snsapi_privateinfo',
    expiresAt: now(world) + seconds * 1000,
  }
  world.apps.userTickets.push(ticket)
  keepNewest(world.apps.userTickets)
  return ticket
}

/** WW-95833. The sandbox's members consent to all of it. */
function getUserDetail(world: World, call: Upstream): Reply {
  const { app, ids } = authorize(world, call)
  const member = memberOfTicket(world, app.key, call).member
  return {
    ...ok,
    userid: ids.member(member.id),
    gender: genderOf(member),
    avatar: avatarUrl(world, member.id),
    qr_code: qrCodeOf(member),
    mobile: member.mobile ?? '',
    email: member.email ?? '',
    biz_mail: '',
    address: '',
  }
}

/** WW-91122. Without snsapi_privateinfo no more than the name, which is the userid. */
function getUserDetailForSuite(world: World, call: Upstream): Reply {
  const { caller, suiteId } = suiteCaller(world, call)
  const { member, isPrivate } = memberOfTicket(world, suiteId, call)
  const userid = caller.ids.member(member.id)
  const common = {
    ...ok,
    corpid: caller.ids.corp(caller.app.corpId),
    userid,
    ...nameFor(caller, userid, member.name),
  }
  if (!isPrivate) return { ...common, gender: '0' }
  return {
    ...common,
    gender: genderOf(member),
    avatar: avatarUrl(world, member.id),
    qr_code: qrCodeOf(member),
  }
}

function memberOfTicket(
  world: World,
  owner: string,
  call: Upstream,
): { member: SceneMember; isPrivate: boolean } {
  const value = textField(call, 'user_ticket', { missing: [84015, 'invalid user_ticket'] })
  const ticket = world.apps.userTickets.find((one) => one.value === value && one.owner === owner)
  const member = findMember(world, ticket?.memberId ?? '')
  if (!ticket || !member) throw new Refusal(84015, 'invalid user_ticket')
  if (now(world) >= ticket.expiresAt) throw new Refusal(84014, 'user_ticket expired')
  return { member, isPrivate: ticket.isPrivate }
}

function genderOf({ gender }: SceneMember): string {
  return gender === 'male' ? '1' : gender === 'female' ? '2' : '0'
}

function qrCodeOf({ id }: SceneMember): string {
  return `https://open.work.weixin.qq.com/wwopen/userQRCode?vcode=vc${Buffer.from(id).toString('hex')}`
}
