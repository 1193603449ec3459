import {
  inside,
  invalidParameter,
  numberField,
  objectsField,
  textField,
  textsField,
} from '../../platform/fields.ts'
import { Refusal, type Method, type Reply, type Upstream } from '../../platform/method.ts'
import type { SceneTag, SceneTagGroup } from '../../scenes/scene.ts'
import { changed, now, type World } from '../../state/world.ts'
import { authorize, ok, requirePermission, type Caller } from '../access.ts'
import { relationOf } from './people.ts'
import {
  describeGroup,
  describeTag,
  findGroup,
  makeTag,
  makeTagId,
  removeTags,
  tagsOnCall,
} from './tag-library.ts'

export const tagMethods: Method[] = [
  { method: 'POST', path: '/cgi-bin/externalcontact/get_corp_tag_list', handle: listTags },
  { method: 'POST', path: '/cgi-bin/externalcontact/add_corp_tag', handle: addTags },
  { method: 'POST', path: '/cgi-bin/externalcontact/edit_corp_tag', handle: editTag },
  { method: 'POST', path: '/cgi-bin/externalcontact/del_corp_tag', handle: deleteTags },
  { method: 'POST', path: '/cgi-bin/externalcontact/mark_tag', handle: markTag },
]

/** WW-96320: tags of a corp; tags on one contact. */
const mostTags = 10_000
const mostOnContact = 3_000
const mostOrder = 2 ** 32 - 1
const unknownTag: [number, string] = [40068, 'invalid tagid']
const longName: [number, string] = [40072, 'invalid tag name size']
const nameTaken: [number, string] = [40071, 'UserTag Name Already Exist']
const missingTag: [number, string] = [41017, 'missing tagid']

/** To change the library. */
function authorizeTags(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:contact:tag')
  return caller
}

/** WW-96320, WW-96322: to read the library and to mark a contact, 客户基础信息 is enough. */
function authorizeContacts(world: World, call: Upstream): Caller {
  const caller = authorize(world, call)
  requirePermission(caller, 'externalcontact:base:base')
  return caller
}

/**
 * WW-92117. With both lists given only group_id counts; what was deleted is found by its id only.
 */
function listTags(world: World, call: Upstream): Reply {
  authorizeContacts(world, call)
  const groupIds = textsField(call, 'group_id')
  const tagIds = textsField(call, 'tag_id')
  return {
    ...ok,
    tag_group: tagsOnCall(world, groupIds, groupIds.length > 0 ? [] : tagIds) ?? refuse(unknownTag),
  }
}

function refuse(words: [number, string]): never {
  throw new Refusal(...words)
}

/** Into the group of that id or name, or a new one. Answers with what was added. */
function addTags(world: World, call: Upstream): Reply {
  const { app } = authorizeTags(world, call)
  const groupId = textField(call, 'group_id')
  const groupName = textField(call, 'group_name', { most: 30, wrong: longName })
  const order = numberField(call, 'order', 0, { least: 0, most: mostOrder })
  const wishes = objectsField(call, 'tag').map((tag) => readTag(inside(call, tag)))
  if (wishes.length === 0) throw new Refusal(41018, 'missing tagname')
  const known =
    groupId !== ''
      ? findGroup(world, groupId)
      : world.tagGroups.find(({ name }) => name === groupName)
  if (groupId !== '' && !known) throw new Refusal(...unknownTag)
  if (!known && groupName === '') throw new Refusal(...invalidParameter)
  const names = [...(known?.tags ?? []), ...wishes].map(({ name }) => name)
  if (new Set(names).size < names.length) throw new Refusal(...nameTaken)
  if (world.tagGroups.flatMap(({ tags }) => tags).length + wishes.length > mostTags)
    throw new Refusal(40126, 'corp tag num exceed limit')

  const group: SceneTagGroup = known ?? {
    id: makeTagId(),
    name: groupName,
    order,
    createdAt: now(world),
    creator: app.key,
    tags: [],
  }
  if (!known) world.tagGroups.push(group)
  const fresh = wishes.map((wish) => makeTag(world, wish, app.key))
  group.tags.push(...fresh)
  changed(world)
  const { tag: _all, deleted: _deleted, ...head } = describeGroup(world, group)
  const added = fresh.map((tag) => describeTag(world, tag))
  return { ...ok, tag_group: { ...head, tag: added.map(({ deleted: _no, ...tag }) => tag) } }
}

function readTag(call: Upstream): { name: string; order: number } {
  const name = textField(call, 'name', {
    missing: [41018, 'missing tagname'],
    most: 30,
    wrong: longName,
  })
  return { name, order: numberField(call, 'order', 0, { least: 0, most: mostOrder }) }
}

/** Of a tag or a group; only of the app's own making. */
function editTag(world: World, call: Upstream): Reply {
  const { app } = authorizeTags(world, call)
  const id = textField(call, 'id', { missing: missingTag })
  const name = textField(call, 'name', { most: 30, wrong: longName })
  const order = numberField(call, 'order', -1, { least: -1, most: mostOrder })
  const group = world.tagGroups.find(
    (one) => one.id === id || one.tags.some((tag) => tag.id === id),
  )
  if (!group) throw new Refusal(...unknownTag)
  const target = group.id === id ? group : group.tags.find((tag) => tag.id === id)
  const siblings: SceneTag[] = target === group ? world.tagGroups : group.tags
  if (!target) throw new Refusal(...unknownTag)
  requireMaker(target, app.key)
  if (name !== '' && siblings.some((one) => one !== target && one.name === name))
    throw new Refusal(...nameTaken)
  if (name !== '') target.name = name
  if (order >= 0) target.order = order
  changed(world, { all: true })
  return { ...ok }
}

function deleteTags(world: World, call: Upstream): Reply {
  const { app } = authorizeTags(world, call)
  const groupIds = textsField(call, 'group_id')
  const tagIds = textsField(call, 'tag_id')
  if (groupIds.length + tagIds.length === 0) throw new Refusal(...missingTag)
  const groups = groupIds.map((id) => findGroup(world, id) ?? refuse(unknownTag))
  const tags = tagIds.map(
    (id) =>
      world.tagGroups.flatMap((group) => group.tags).find((tag) => tag.id === id) ??
      refuse(unknownTag),
  )
  for (const one of [...groups, ...tags]) requireMaker(one, app.key)
  removeTags(
    world,
    [...groups.flatMap((group) => group.tags), ...tags].map(({ id }) => id),
  )
  return { ...ok }
}

/** 60011 names tags too; which code the platform gives for another's tag is not published. */
function requireMaker({ creator }: SceneTag, appKey: string) {
  if (creator !== appKey)
    throw new Refusal(60011, 'no privilege to access/modify contact/party/agent')
}

/** WW-92118. */
function markTag(world: World, call: Upstream): Reply {
  const caller = authorizeContacts(world, call)
  const { customer, follow } = relationOf(
    world,
    caller,
    textField(call, 'userid'),
    textField(call, 'external_userid'),
  )
  const adding = textsField(call, 'add_tag')
  const removing = textsField(call, 'remove_tag')
  if (adding.length + removing.length === 0) throw new Refusal(...missingTag)
  const known = new Set(world.tagGroups.flatMap(({ tags }) => tags).map(({ id }) => id))
  if ([...adding, ...removing].some((id) => !known.has(id))) throw new Refusal(...unknownTag)
  const tagIds = [...new Set([...follow.tagIds, ...adding])].filter((id) => !removing.includes(id))
  if (tagIds.length > mostOnContact) throw new Refusal(...invalidParameter)
  follow.tagIds = tagIds
  changed(world, { customers: [customer.id] })
  return { ...ok }
}
