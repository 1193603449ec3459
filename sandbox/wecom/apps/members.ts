import { spendCode } from '../../state/grants.ts'
import type { World } from '../../state/world.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import { authorize, isVisible, ok, visibleMember } from '../access.ts'

export const memberMethods: Method[] = [
  { method: 'GET', path: '/cgi-bin/auth/getuserinfo', handle: getUserInfo },
  { method: 'GET', path: '/cgi-bin/user/get', handle: getUser },
  { method: 'GET', path: '/cgi-bin/user/simplelist', handle: listUsers },
  { method: 'GET', path: '/cgi-bin/department/simplelist', handle: listDepartments },
]

/** WW-91023. A member's userid comes whether or not the app is visible to the member. */
function getUserInfo(world: World, call: Upstream): Reply {
  const { app, ids } = authorize(world, call)
  if (!call.query.code) throw new Refusal(41008, 'code missing')
  const code = spendCode(world, 'wecom', app.key, call.query.code)
  if (code === 'unknown') throw new Refusal(40029, 'invalid code')
  if (code === 'used') throw new Refusal(42022, 'oauth code has been used')
  if (code === 'expired') throw new Refusal(42003, 'code expired')
  if (code.redirectHost !== null && !world.trustedHosts.includes(code.redirectHost))
    throw new Refusal(50001, 'redirect_url is not trusted domain')
  return { ...ok, userid: ids.member(code.userId) }
}

/** WW-90196. Since 2022-06-20 a new own app gets no avatar, gender, mobile, email, biz_mail, qr_code or address here. */
function getUser(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  if (!call.query.userid) throw new Refusal(41009, 'userid missing')
  const { id, name, departmentId, position } = visibleMember(caller, call.query.userid)
  return {
    ...ok,
    userid: caller.ids.member(id),
    name,
    department: [departmentId],
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

/** WW-90200. Members outside the visible range are left out. */
function listUsers(world: World, call: Upstream): Reply {
  const { app, ids } = authorize(world, call)
  const wanted = Number(call.query.department_id)
  if (!world.departments.some(({ id }) => id === wanted)) throw new Refusal(60003, 'department not found')
  const members = world.members.filter((member) => isVisible(app, member) && member.departmentId === wanted)
  return { ...ok, userlist: members.map(({ id, name, departmentId }) => ({ userid: ids.member(id), name, department: [departmentId] })) }
}

/** WW-95350. The department `id` and what is below it; all of them without an id. */
function listDepartments(world: World, call: Upstream): Reply {
  authorize(world, call)
  const { departments } = world.scene
  const top = call.query.id ? Number(call.query.id) : 1
  if (!departments.some(({ id }) => id === top)) throw new Refusal(60123, 'invalid party id')
  const isBelow = (id: number): boolean =>
    id === top || departments.some((one) => one.id === id && one.parentId !== id && one.parentId !== 0 && isBelow(one.parentId))
  const items = departments.filter(({ id }) => isBelow(id))
  return { ...ok, department_id: items.map(({ id, parentId, order }) => ({ id, parentid: parentId, order })) }
}
