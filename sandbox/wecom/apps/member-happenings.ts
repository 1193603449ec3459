import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import { tellApps } from '../../pushes/push.ts'
import type { SceneMember } from '../../scenes/scene.ts'
import type { Ids } from '../../state/ids.ts'
import { changed, type World } from '../../state/world.ts'
import { closeWebview } from '../../webview/webviews.ts'
import { leaveContacts } from '../contacts/resigned.ts'
import { nameFor } from './names.ts'
import type { App } from './state.ts'
import { departmentNamed, memberNamed } from './tell-app.ts'
import type { Xml } from '../../pushes/receiver.ts'

const id = v.pipe(
  v.string(),
  v.regex(/^[a-zA-Z0-9][\w@.-]{0,63}$/, 'a userid is 1 to 64 letters, digits and _-@.'),
)
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(128))
const departmentId = v.pipe(v.number(), v.integer())
const more = {
  mobile: v.optional(text),
  email: v.optional(text),
  gender: v.optional(v.picklist(['male', 'female'])),
}

/** WW-90970 and its kin: what an admin does to members. */
export const memberHappenings: Happening[] = [
  happening(
    'member.join',
    'An admin adds a member: change_contact create_user.',
    v.strictObject({
      id,
      name: text,
      position: v.optional(v.string(), ''),
      departmentId: v.optional(departmentId, 1),
      ...more,
    }),
    addMember,
  ),
  happening(
    'member.change',
    'An admin changes a member: change_contact update_user.',
    v.strictObject({
      memberId: id,
      name: v.optional(text),
      position: v.optional(v.string()),
      departmentId: v.optional(departmentId),
      ...more,
    }),
    changeMember,
  ),
  happening(
    'member.leave',
    'A member leaves the corp: change_contact delete_user.',
    v.strictObject({ memberId: id }),
    removeMember,
  ),
]

type Fresh = Pick<SceneMember, 'id' | 'name' | 'position' | 'departmentId'> & {
  mobile?: string | undefined
  email?: string | undefined
  gender?: 'male' | 'female' | undefined
}

function addMember(world: World, { mobile, email, gender, ...body }: Fresh) {
  if (world.members.some((one) => one.id.toLowerCase() === body.id.toLowerCase()))
    throw new Nonsense(`there is a member "${body.id}" already`)
  departmentNamed(world, body.departmentId)
  const member: SceneMember = {
    ...body,
    visible: false,
    avatar: { background: '#e7edf6', clothes: '#5a7bb0', hair: 'short', skin: '#f1cdb0' },
    ...(mobile !== undefined && { mobile }),
    ...(email !== undefined && { email }),
    ...(gender !== undefined && { gender }),
  }
  world.members.push(member)
  tellAboutMember(world, member, 'create_user')
  changed(world, { all: true })
}

function changeMember(
  world: World,
  { memberId, ...body }: Partial<Omit<Fresh, 'id'>> & { memberId: string },
) {
  const member = memberNamed(world, memberId)
  if (body.departmentId !== undefined) departmentNamed(world, body.departmentId)
  const given = Object.entries(body).filter(([, value]) => value !== undefined)
  Object.assign(member, Object.fromEntries(given))
  tellAboutMember(world, member, 'update_user')
  changed(world, { all: true })
}

/**
 * The contacts stay with nobody until an admin hands them over; that and the licence wait
 * (WW-97192).
 */
function removeMember(world: World, { memberId }: { memberId: string }) {
  const member = memberNamed(world, memberId)
  if (world.members.length === 1) throw new Nonsense('the last member stays')
  tellApps(
    world,
    { corpId: world.scene.corp.id, memberId },
    { Event: 'change_contact', ChangeType: 'delete_user' },
    (ids) => ({
      UserID: ids.member(memberId),
    }),
  )
  world.members = world.members.filter((one) => one !== member)
  for (const app of world.apps.list)
    app.visible = { ...app.visible, members: app.visible.members.filter((one) => one !== memberId) }
  for (const tag of world.apps.memberTags)
    tag.members = tag.members.filter((one) => one !== memberId)
  leaveContacts(world, memberId)
  for (const webview of [...world.webviews.values()])
    if (webview.device === 'wecom' && webview.userId === memberId) closeWebview(world, webview.id)
  if (world.devices.memberId === memberId) world.devices.memberId = world.members[0]?.id ?? null
  changed(world, { all: true })
}

function tellAboutMember(world: World, member: SceneMember, changeType: string) {
  tellApps(
    world,
    { corpId: world.scene.corp.id, memberId: member.id },
    { Event: 'change_contact', ChangeType: changeType },
    (ids, app) => fieldsOf(member, ids, app),
  )
}

/** As for a new app: no mobile, email, gender, avatar and address (WW-96255). */
function fieldsOf(member: SceneMember, ids: Ids, app: App): Xml {
  const userid = ids.member(member.id)
  const { name } = nameFor({ app, ids }, userid, member.name)
  return {
    UserID: userid,
    ...(name !== undefined && { Name: name }),
    Department: String(member.departmentId),
    MainDepartment: member.departmentId,
    IsLeaderInDept: '0',
    Position: member.position,
    Status: 1,
    Alias: '',
    Telephone: '',
  }
}
