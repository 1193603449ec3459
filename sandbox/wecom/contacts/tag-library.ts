import type { Reply } from '../../platform/method.ts'
import type { SceneTag, SceneTagGroup } from '../../scenes/scene.ts'
import { changed, makeSecret, now, type World } from '../../state/world.ts'

export function findGroup(world: World, id: string): SceneTagGroup | undefined {
  return world.tagGroups.find((group) => group.id === id)
}

export function makeTagId(): string {
  return `et${makeSecret(30).replace(/[-_]/g, 'A')}`
}

/** `creator`: an app's key, or nothing for an admin. */
export function makeTag(
  world: World,
  { name, order }: { name: string; order: number },
  creator?: string,
): SceneTag {
  return {
    id: makeTagId(),
    name,
    order,
    createdAt: now(world),
    ...(creator !== undefined && { creator }),
  }
}

/**
 * Takes tags off every contact and out of the library; a group without tags goes as well. They can
 * still be found by id.
 */
export function removeTags(world: World, tagIds: string[]) {
  const gone = new Set(tagIds)
  for (const group of world.tagGroups) {
    const { tags: _tags, ...head } = group
    for (const tag of group.tags)
      if (gone.has(tag.id)) world.contacts.deletedTags.push({ group: head, tag })
    group.tags = group.tags.filter(({ id }) => !gone.has(id))
  }
  world.tagGroups = world.tagGroups.filter(({ tags }) => tags.length > 0)
  const touched = world.customers.filter(({ follows }) =>
    follows.some(({ tagIds: own }) => own.some((id) => gone.has(id))),
  )
  for (const { follows } of touched) {
    for (const follow of follows) follow.tagIds = follow.tagIds.filter((id) => !gone.has(id))
  }
  changed(world, { customers: touched.map(({ id }) => id) })
}

/**
 * The groups that a call asks for; `null` when one of the ids never was. No ids: everything that is
 * not deleted.
 */
export function tagsOnCall(world: World, groupIds: string[], tagIds: string[]): Reply[] | null {
  if (groupIds.length + tagIds.length === 0)
    return inOrder(world.tagGroups).map((group) => describeGroup(world, group))
  const wanted = (group: SceneTag, tag: SceneTag) =>
    groupIds.includes(group.id) || tagIds.includes(tag.id)
  const deleted = world.contacts.deletedTags.filter(({ group, tag }) => wanted(group, tag))
  const groups = [...world.tagGroups, ...deleted.map(({ group }) => ({ ...group, tags: [] }))]
  const heads = groups.filter(({ id }, at) => groups.findIndex((one) => one.id === id) === at)
  const answers = heads.flatMap((group) => {
    const alive = group.tags.filter((tag) => wanted(group, tag))
    const dead = deleted.filter((one) => one.group.id === group.id).map(({ tag }) => tag)
    return alive.length + dead.length > 0
      ? [describeGroup(world, { ...group, tags: alive }, dead, !world.tagGroups.includes(group))]
      : []
  })
  const found = new Set(
    answers.flatMap(({ group_id, tag }) => [
      group_id,
      ...(tag as { id: string }[]).map(({ id }) => id),
    ]),
  )
  return [...groupIds, ...tagIds].every((id) => found.has(id)) ? answers : null
}

/** WW-92117: the larger `order`, the further to the front. */
function inOrder<T extends SceneTag>(items: T[]): T[] {
  return items.toSorted((a, b) => (b.order ?? 0) - (a.order ?? 0))
}

/**
 * The library of a scene, which lists tags as an admin sees them: each gets the `order` that puts
 * it there. It is a stored number from then on. Other tags come and go without changing it.
 */
export function libraryOf(groups: SceneTagGroup[]): SceneTagGroup[] {
  return numbered(groups).map((group) => ({ ...group, tags: numbered(group.tags) }))
}

function numbered<T extends SceneTag>(items: T[]): T[] {
  return items.map((item, index) => ({ ...item, order: item.order ?? items.length - 1 - index }))
}

export function describeGroup(
  world: World,
  group: SceneTagGroup,
  dead: SceneTag[] = [],
  isDead = false,
): Reply {
  const { tags } = group
  return {
    group_id: group.id,
    group_name: group.name,
    create_time: createTime(world, group),
    order: group.order ?? 0,
    deleted: isDead,
    tag: [
      ...inOrder(tags).map((tag) => describeTag(world, tag)),
      ...dead.map((tag) => ({ ...describeTag(world, tag), deleted: true })),
    ],
  }
}

export function describeTag(world: World, tag: SceneTag): Reply & { deleted: boolean } {
  return {
    id: tag.id,
    name: tag.name,
    create_time: createTime(world, tag),
    order: tag.order ?? 0,
    deleted: false,
  }
}

function createTime(world: World, { createdAt }: SceneTag): number {
  return Math.floor((createdAt ?? world.setAt - 90 * 86_400_000) / 1000)
}
