import { textField } from '../../platform/fields.ts'
import { Refusal, type Upstream } from '../../platform/method.ts'
import type { SceneMember } from '../../scenes/scene.ts'
import type { World } from '../../state/world.ts'
import { isVisible, type Caller } from '../access.ts'
import { activateByItself } from '../licences/auto-activation.ts'
import { isLicensed } from '../licences/licensed.ts'

/** Who gets a message, and whom the reply names as left out. */
export interface Receivers {
  members: SceneMember[]
  invaliduser: string
  invalidparty: string
  invalidtag: string
  unlicenseduser: string
}

/**
 * `touser`, `toparty`, `totag` (WW-96458): at most 1,000 members and 100 of each of the others.
 * Whoever is unknown or out of the visible range is named in the reply; 81013 when nobody is left.
 * `@all` is everybody in the visible range.
 */
export function receiversOf(
  world: World,
  caller: Caller,
  call: Upstream,
  allowsAll: boolean,
): Receivers {
  const users = listed(textField(call, 'touser'))
  const parties = listed(textField(call, 'toparty'))
  const tags = listed(textField(call, 'totag'))
  if (users.length + parties.length + tags.length === 0)
    throw new Refusal(82001, 'All touser & toparty & totag invalid')
  if (users.length > 1000) throw new Refusal(40032, 'invalid userid list size')
  if (parties.length > 100) throw new Refusal(82002, 'invalid party list size')
  if (tags.length > 100) throw new Refusal(82003, 'invalid tag list size')
  if (allowsAll && users.includes('@all'))
    return chosen(world, caller, visibleMembers(world, caller), [], [], [])
  return receiversAmong(world, caller, users, parties, tags)
}

/**
 * The same for lists of ids. The sandbox's corp has no 通讯录标签, so every tag is an unknown one.
 */
export function receiversAmong(
  world: World,
  caller: Caller,
  users: string[],
  parties: string[],
  tags: string[],
): Receivers {
  const members: SceneMember[] = []
  const invalidUsers: string[] = []
  const invalidParties: string[] = []
  for (const given of users) {
    const member = caller.ids.findMember(given)
    if (member && isVisible(caller.app, member)) members.push(member)
    else invalidUsers.push(given)
  }
  for (const given of parties) {
    const inside = visibleMembers(world, caller).filter(({ departmentId }) =>
      isBelow(world, departmentId, Number(given)),
    )
    if (inside.length === 0) invalidParties.push(given)
    members.push(...inside)
  }
  return chosen(world, caller, members, invalidUsers, invalidParties, tags)
}

function chosen(
  world: World,
  { app, ids }: Caller,
  members: SceneMember[],
  users: string[],
  parties: string[],
  tags: string[],
): Receivers {
  const once = [...new Set(members)]
  for (const member of once) activateByItself(world, app, member, 'messaged')
  const licensed = once.filter(({ id }) => isLicensed(world, app, id))
  if (licensed.length === 0) throw new Refusal(81013, 'user & party & tag all invalid')
  const unlicensed = once.filter((one) => !licensed.includes(one)).map(({ id }) => ids.member(id))
  // WW-96458: userids of the reply are in small letters.
  return {
    members: licensed,
    invaliduser: users.join('|').toLowerCase(),
    invalidparty: parties.join('|'),
    invalidtag: tags.join('|'),
    unlicenseduser: unlicensed.join('|').toLowerCase(),
  }
}

function visibleMembers(world: World, { app }: Caller): SceneMember[] {
  return world.members.filter((member) => isVisible(app, member))
}

function isBelow(world: World, departmentId: number, top: number): boolean {
  if (departmentId === top) return true
  const department = world.departments.find(({ id }) => id === departmentId)
  return (
    department !== undefined &&
    department.parentId !== 0 &&
    department.parentId !== department.id &&
    isBelow(world, department.parentId, top)
  )
}

function listed(text: string): string[] {
  return text
    .split('|')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}
