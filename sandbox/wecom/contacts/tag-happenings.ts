import * as v from 'valibot'
import { Nonsense } from '../../doors/nonsense.ts'
import { happening, type Happening } from '../../platform/method.ts'
import type { SceneTag, SceneTagGroup } from '../../scenes/scene.ts'
import { changed, now, type World } from '../../state/world.ts'
import { tellTag } from './tell.ts'
import { findGroup, makeTag, makeTagId, removeTags } from './tag-library.ts'

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(200))
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(30))

const Creation = v.strictObject({
  group: name,
  name,
  order: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
})

/** What an admin does to the tags of the corp. */
export const tagHappenings: Happening[] = [
  happening(
    'tag.create',
    'An admin adds a tag, and its group when there is none of that name.',
    Creation,
    create,
  ),
  happening(
    'tag.update',
    'An admin renames a tag or a group.',
    v.strictObject({ id, name }),
    rename,
  ),
  happening('tag.delete', 'An admin deletes a tag or a group.', v.strictObject({ id }), remove),
  happening(
    'tag.shuffle',
    'An admin puts the tags of a group into another order.',
    v.strictObject({ groupId: id, tagIds: v.array(id) }),
    shuffle,
  ),
]

function create(world: World, wish: v.InferOutput<typeof Creation>) {
  const known = world.tagGroups.find((group) => group.name === wish.group)
  if (known?.tags.some((tag) => tag.name === wish.name))
    throw new Nonsense(`there is a tag "${wish.name}" in "${wish.group}" already`)
  const group: SceneTagGroup = known ?? {
    id: makeTagId(),
    name: wish.group,
    order: 0,
    createdAt: now(world),
    tags: [],
  }
  const tag = makeTag(world, wish)
  group.tags.push(tag)
  if (!known) {
    world.tagGroups.push(group)
    tellTag(world, 'create', { Id: group.id, TagType: 'tag_group' })
  }
  changed(world)
  tellTag(world, 'create', { Id: tag.id, TagType: 'tag' })
  return { groupId: group.id, tagId: tag.id }
}

function rename(world: World, wish: { id: string; name: string }) {
  const { target, type } = known(world, wish.id)
  const siblings: SceneTag[] =
    type === 'tag_group'
      ? world.tagGroups
      : (world.tagGroups.find(({ tags }) => tags.includes(target))?.tags ?? [])
  if (siblings.some((one) => one !== target && one.name === wish.name))
    throw new Nonsense(`"${wish.name}" is taken`)
  target.name = wish.name
  changed(world, { all: true })
  tellTag(world, 'update', { Id: wish.id, TagType: type })
}

function remove(world: World, wish: { id: string }) {
  const { type } = known(world, wish.id)
  const tagIds =
    type === 'tag' ? [wish.id] : (findGroup(world, wish.id)?.tags ?? []).map((tag) => tag.id)
  removeTags(world, tagIds)
  tellTag(world, 'delete', { Id: wish.id, TagType: type })
}

function shuffle(world: World, { groupId, tagIds }: { groupId: string; tagIds: string[] }) {
  const group = findGroup(world, groupId)
  if (!group) throw new Nonsense(`there is no tag group "${groupId}"`)
  const isSame =
    tagIds.length === group.tags.length && group.tags.every((tag) => tagIds.includes(tag.id))
  if (!isSame) throw new Nonsense('name every tag of the group once')
  for (const tag of group.tags) tag.order = tagIds.length - 1 - tagIds.indexOf(tag.id)
  changed(world)
  tellTag(world, 'shuffle', { Id: groupId })
}

function known(world: World, wanted: string): { target: SceneTag; type: 'tag' | 'tag_group' } {
  const group = findGroup(world, wanted)
  if (group) return { target: group, type: 'tag_group' }
  const target = world.tagGroups.flatMap(({ tags }) => tags).find((tag) => tag.id === wanted)
  if (!target) throw new Nonsense(`there is no tag "${wanted}"`)
  return { target, type: 'tag' }
}
