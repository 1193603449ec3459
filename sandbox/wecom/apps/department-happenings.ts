import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { tellApps } from '../../pushes/push.ts'
import type { Ids } from '../../state/ids.ts'
import { changed, type World } from '../../state/world.ts'
import { nameFor } from './names.ts'
import type { App } from './state.ts'
import { departmentNamed, memberNamed } from './tell-app.ts'
import { departmentsBelow } from './visible.ts'
import type { Xml } from '../../pushes/receiver.ts'

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const id = v.pipe(v.number(), v.integer(), v.minValue(1))

/** WW-90971 and its kin: what an admin does to departments and tags of members. */
export const departmentHappenings: Happening[] = [
  happening(
    'department.create',
    'An admin makes a department: change_contact create_party.',
    v.strictObject({
      id: v.optional(id),
      name,
      parentId: v.optional(id, 1),
      order: v.optional(v.number(), 100),
    }),
    createDepartment,
  ),
  happening(
    'department.change',
    'An admin renames or moves a department: change_contact update_party.',
    v.strictObject({ departmentId: id, name: v.optional(name), parentId: v.optional(id) }),
    changeDepartment,
  ),
  happening(
    'department.delete',
    'An admin deletes an empty department: change_contact delete_party.',
    v.strictObject({ departmentId: id }),
    deleteDepartment,
  ),
  happening(
    'member-tag.change',
    'An admin puts members and departments into a tag of members, and takes others out: change_contact update_tag.',
    v.strictObject({
      tagId: id,
      name: v.optional(name),
      addMembers: v.optional(v.array(name), []),
      removeMembers: v.optional(v.array(name), []),
      addDepartments: v.optional(v.array(id), []),
      removeDepartments: v.optional(v.array(id), []),
    }),
    changeTag,
  ),
]

function createDepartment(
  world: World,
  body: { id?: number | undefined; name: string; parentId: number; order: number },
) {
  departmentNamed(world, body.parentId)
  const fresh = { ...body, id: body.id ?? Math.max(...world.departments.map((one) => one.id)) + 1 }
  if (world.departments.some((one) => one.id === fresh.id))
    throw new Nonsense(`there is a department ${fresh.id} already`)
  world.departments.push(fresh)
  spreadRanges(world)
  tell(world, fresh.id, 'create_party', (ids, app) => ({
    Id: fresh.id,
    ...nameOf(fresh, ids, app),
    ParentId: String(fresh.parentId),
    Order: fresh.order,
  }))
  changed(world)
  return { id: fresh.id }
}

function changeDepartment(
  world: World,
  body: { departmentId: number; name?: string | undefined; parentId?: number | undefined },
) {
  const department = departmentNamed(world, body.departmentId)
  if (body.parentId !== undefined) {
    departmentNamed(world, body.parentId)
    if (departmentsBelow(world, department.id).includes(body.parentId))
      throw new Nonsense('a department cannot be moved below itself')
  }
  department.name = body.name ?? department.name
  department.parentId = body.parentId ?? department.parentId
  spreadRanges(world)
  tell(world, department.id, 'update_party', (ids, app) => ({
    Id: department.id,
    ...nameOf(department, ids, app),
    ParentId: String(department.parentId),
  }))
  changed(world)
}

function deleteDepartment(world: World, { departmentId }: { departmentId: number }) {
  const department = departmentNamed(world, departmentId)
  const isEmpty =
    departmentsBelow(world, departmentId).length === 1 &&
    !world.members.some((member) => member.departmentId === departmentId)
  if (!isEmpty || departmentId === 1)
    throw new Nonsense(
      'only a department without members and without departments below it can be deleted',
    )
  tell(world, departmentId, 'delete_party', () => ({ Id: departmentId }))
  world.departments = world.departments.filter((one) => one !== department)
  for (const app of world.apps.list)
    app.visible = {
      ...app.visible,
      departments: app.visible.departments.filter((one) => one !== departmentId),
    }
  for (const tag of world.apps.memberTags)
    tag.departments = tag.departments.filter((one) => one !== departmentId)
  changed(world)
}

interface TagChange {
  tagId: number
  name?: string | undefined
  addMembers: string[]
  removeMembers: string[]
  addDepartments: number[]
  removeDepartments: number[]
}

function changeTag(world: World, { tagId, name, ...change }: TagChange) {
  for (const memberId of change.addMembers) memberNamed(world, memberId)
  for (const departmentId of change.addDepartments) departmentNamed(world, departmentId)
  const tag = world.apps.memberTags.find((one) => one.id === tagId) ?? {
    id: tagId,
    name: `标签${tagId}`,
    members: [],
    departments: [],
  }
  if (!world.apps.memberTags.includes(tag)) world.apps.memberTags.push(tag)
  tag.name = name ?? tag.name
  tag.members = [...new Set([...tag.members, ...change.addMembers])].filter(
    (one) => !change.removeMembers.includes(one),
  )
  tag.departments = [...new Set([...tag.departments, ...change.addDepartments])].filter(
    (one) => !change.removeDepartments.includes(one),
  )
  tellApps(
    world,
    { corpId: world.scene.corp.id },
    { Event: 'change_contact', ChangeType: 'update_tag' },
    (ids) => ({
      TagId: tagId,
      AddUserItems: change.addMembers.map(ids.member).join(','),
      DelUserItems: change.removeMembers.map(ids.member).join(','),
      AddPartyItems: change.addDepartments.join(','),
      DelPartyItems: change.removeDepartments.join(','),
    }),
  )
  changed(world)
}

/**
 * A range holds departments with everything below them, so what comes to stand below one joins it.
 */
function spreadRanges(world: World) {
  for (const app of [...world.apps.list, world.apps.contactSync]) {
    app.visible = {
      ...app.visible,
      departments: [
        ...new Set(app.visible.departments.flatMap((one) => departmentsBelow(world, one))),
      ],
    }
  }
}

/** Only apps that see the department hear of it. */
function tell(
  world: World,
  departmentId: number,
  changeType: string,
  make: (ids: Ids, app: App) => Xml,
) {
  const about = {
    corpId: world.scene.corp.id,
    isTold: (app: App) => app.visible.departments.includes(departmentId),
  }
  tellApps(world, about, { Event: 'change_contact', ChangeType: changeType }, make)
}

function nameOf({ id, name }: World['departments'][number], ids: Ids, app: App): Xml {
  const shown = nameFor({ app, ids }, String(id), name).name
  return shown === undefined ? {} : { Name: shown }
}
