import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { World } from '../../state/world.ts'
import { authorize, isVisible, ok, type Caller } from '../access.ts'
import { nameFor } from './names.ts'
import { departmentsBelow, seenDepartments } from './visible.ts'

export const departmentMethods: Method[] = [
  {
    method: 'GET',
    path: '/cgi-bin/department/list',
    handle: (world, call) => {
      const caller = authorize(world, call)
      return {
        ...ok,
        department: wanted(world, caller, call.query.id).map((one) => detailOf(caller, one)),
      }
    },
  },
  {
    method: 'GET',
    path: '/cgi-bin/department/simplelist',
    handle: (world, call) => ({
      ...ok,
      department_id: wanted(world, authorize(world, call), call.query.id).map(briefOf),
    }),
  },
  { method: 'GET', path: '/cgi-bin/department/get', handle: getDepartment },
  { method: 'GET', path: '/cgi-bin/tag/list', handle: listTags },
  { method: 'GET', path: '/cgi-bin/tag/get', handle: getTag },
]

type Department = World['departments'][number]

/**
 * WW-90208, 95350: the department `id` and what is below it; all that the app sees without an id.
 */
function wanted(world: World, { app }: Caller, id: string | undefined): Department[] {
  const seen = seenDepartments(world, app)
  if (!id) return seen
  checkDepartment(world, seen, Number(id))
  const below = new Set(departmentsBelow(world, Number(id)))
  return seen.filter((one) => below.has(one.id))
}

function checkDepartment(world: World, seen: Department[], id: number) {
  if (!world.departments.some((one) => one.id === id)) throw new Refusal(60123, 'invalid party id')
  if (!seen.some((one) => one.id === id))
    throw new Refusal(60011, 'no privilege to access/modify contact/party/agent')
}

function briefOf({ id, parentId, order }: Department) {
  return { id, parentid: parentId, order }
}

function detailOf(caller: Caller, { id, name, parentId, order }: Department) {
  return {
    id,
    ...nameFor(caller, String(id), name),
    department_leader: [],
    parentid: parentId,
    order,
  }
}

/** WW-95351. */
function getDepartment(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  const id = Number(call.query.id)
  checkDepartment(world, seenDepartments(world, caller.app), id)
  const found = world.departments.filter((one) => one.id === id)
  return { ...ok, ...Object.fromEntries(found.map((one) => ['department', detailOf(caller, one)])) }
}

/** WW-90216. */
function listTags(world: World, call: Upstream): Reply {
  authorize(world, call)
  return {
    ...ok,
    taglist: world.apps.memberTags.map(({ id, name }) => ({ tagid: id, tagname: name })),
  }
}

/** WW-90213. */
function getTag(world: World, call: Upstream): Reply {
  const caller = authorize(world, call)
  if (!call.query.tagid) throw new Refusal(41017, 'tagid missing')
  const tag = world.apps.memberTags.find(({ id }) => String(id) === call.query.tagid)
  if (!tag) throw new Refusal(40068, 'invalid tagid')
  const members = world.members.filter(
    (member) => tag.members.includes(member.id) && isVisible(caller.app, member),
  )
  const seen = seenDepartments(world, caller.app)
  return {
    ...ok,
    tagname: tag.name,
    userlist: members.map(({ id, name }) => {
      const userid = caller.ids.member(id)
      return { userid, ...nameFor(caller, userid, name) }
    }),
    partylist: tag.departments.filter((id) => seen.some((one) => one.id === id)),
  }
}
