import { createHash } from 'node:crypto'
import { numberField, textField, textsField } from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { SceneMember } from '../../scenes/scene.ts'
import type { World } from '../../state/world.ts'
import { authorize, isVisible, ok, visibleMember, type Caller } from '../access.ts'
import { nameFor, openUseridFor } from './names.ts'
import { departmentsBelow, seenDepartments } from './visible.ts'

const invalidOpenid: [number, string] = [40073, 'invalid openid']

export const memberMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/user/get', handle: getUser },
  {
    method: 'GET',
    path: '/cgi-bin/user/simplelist',
    handle: (world, call) => listUsers(world, call, briefOf),
  },
  {
    method: 'GET',
    path: '/cgi-bin/user/list',
    handle: (world, call) => listUsers(world, call, detailOf),
  },
  { method: 'POST', path: '/cgi-bin/user/list_id', handle: listIds },
  { method: 'POST', path: '/cgi-bin/user/getuserid', handle: getUserId },
  { method: 'POST', path: '/cgi-bin/user/get_userid_by_email', handle: getUserIdByEmail },
  { method: 'POST', path: '/cgi-bin/user/convert_to_openid', handle: convertToOpenid },
  { method: 'POST', path: '/cgi-bin/user/convert_to_userid', handle: convertToUserid },
  { method: 'POST', path: '/cgi-bin/batch/userid_to_openuserid', handle: convertToOpenUserid },
]

/** WW-90196. */
function getUser(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  if (!call.query.userid) throw new Refusal(41009, 'userid missing')
  return { ...ok, ...detailOf(caller, visibleMember(caller, call.query.userid), world) }
}

/**
 * WW-90200, 90201. Members outside the visible range are left out. `fetch_child` is on the pages
 * for own apps only.
 */
function listUsers(world: World, call: Upstream, describe: typeof detailOf): Reply {
  const caller = authorize(world, call)
  const wanted = Number(call.query.department_id)
  if (!world.departments.some(({ id }) => id === wanted))
    throw new Refusal(60003, 'department not found')
  if (!seenDepartments(world, caller.app).some(({ id }) => id === wanted))
    throw new Refusal(60011, 'no privilege to access/modify contact/party/agent')
  const isDeep = call.query.fetch_child === '1' && caller.app.mode === 'own'
  const departments = new Set(isDeep ? departmentsBelow(world, wanted) : [wanted])
  const members = world.members.filter(
    (member) => departments.has(member.departmentId) && isVisible(caller.app, member),
  )
  return { ...ok, userlist: members.map((member) => describe(caller, member, world)) }
}

function briefOf(caller: Caller, member: SceneMember): Reply {
  const userid = caller.ids.member(member.id)
  return {
    userid,
    ...nameFor(caller, userid, member.name),
    department: [member.departmentId],
    ...openUseridFor(caller, member),
  }
}

/**
 * Since 2022-06-20 a new app gets no avatar, gender, mobile, email, biz_mail, qr_code or address
 * here (WW-96255).
 */
function detailOf(caller: Caller, member: SceneMember, world: World): Reply {
  const { position, departmentId } = member
  return {
    ...briefOf(caller, member),
    order: [0],
    position,
    is_leader_in_dept: [0],
    direct_leader: [],
    telephone: '',
    alias: '',
    main_department: departmentId,
    extattr: { attrs: [] },
    status: 1,
    external_position: position,
    external_profile: { external_corp_name: world.scene.corp.name, external_attr: [] },
  }
}

/** WW-96067: with the secret of 通讯录同步 alone. */
function listIds(world: World, call: Upstream): Reply {
  const { app } = authorize(world, call)
  if (app !== world.apps.contactSync) throw new Refusal(48002, 'api forbidden')
  const limit = numberField(call, 'limit', 10_000, { least: 1, most: 10_000 })
  const start = Number(textField(call, 'cursor') || '0')
  if (!Number.isInteger(start) || start < 0) throw new Refusal(40058, 'invalid Request Parameter')
  const page = world.members.slice(start, start + limit)
  const end = start + page.length
  return {
    ...ok,
    next_cursor: end < world.members.length ? String(end) : '',
    dept_user: page.map(({ id, departmentId }) => ({ userid: id, department: departmentId })),
  }
}

/** WW-91693. */
function getUserId(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const mobile = textField(call, 'mobile', { missing: [60103, 'mobile is invalid'] })
  return foundUserId(world, caller, (member) => member.mobile === mobile)
}

/** WW-95895. Members have one address here, whether 企业邮箱 or their own. */
function getUserIdByEmail(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const email = textField(call, 'email', { missing: [40058, 'invalid Request Parameter'] })
  return foundUserId(world, caller, (member) => member.email === email)
}

function foundUserId(
  world: World,
  caller: Caller,
  isMeant: (member: SceneMember) => boolean,
): Reply {
  const member = world.members.find((one) => isMeant(one) && isVisible(caller.app, one))
  if (!member) throw new Refusal(46004, 'user not exist')
  return { ...ok, userid: caller.ids.member(member.id) }
}

/** WW-90202. */
function convertToOpenid(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const member = visibleMember(
    caller,
    textField(call, 'userid', { missing: [41009, 'userid missing'] }),
  )
  return { ...ok, openid: openidOf(caller.app.corpId, member.id) }
}

/** WW-90202, the other way round. */
function convertToUserid(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const openid = textField(call, 'openid', { missing: invalidOpenid })
  const member = world.members.find(({ id }) => openidOf(caller.app.corpId, id) === openid)
  if (!member) throw new Refusal(...invalidOpenid)
  const userid = caller.ids.member(member.id)
  visibleMember(caller, userid)
  return { ...ok, userid }
}

/** What somebody is called towards a corp as a WeChat user: one for each corp (WW-91023). */
export function openidOf(corpId: string, id: string): string {
  return `o${createHash('sha256').update(`${corpId} ${id}`).digest('base64url').replace(/[-_]/g, 'x').slice(0, 27)}`
}

/** WW-95435: for apps of a provider, whose members are named by open_userid. */
function convertToOpenUserid(world: World, call: Upstream): Reply {
  const { app, ids } = authorize(world, call)
  if (app.mode === 'own') throw new Refusal(48002, 'api forbidden')
  const given = textsField(call, 'userid_list', {
    missing: [40031, 'invalid UserID list'],
    most: 1000,
    wrong: [40032, 'invalid UserID list size'],
  })
  const known = given.filter((userid) =>
    world.members.some((member) => member.id === userid && isVisible(app, member)),
  )
  return {
    ...ok,
    open_userid_list: known.map((userid) => ({ userid, open_userid: ids.member(userid) })),
    invalid_userid_list: given.filter((userid) => !known.includes(userid)),
  }
}
