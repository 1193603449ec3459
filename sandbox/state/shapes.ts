import type { Follow, Message } from '../api.ts'
import type { SceneFollow } from '../scenes/scene.ts'
import { addedAt } from './find.ts'
import type { MessageRecord, World } from './world.ts'

export function describeMessage({ at, ...message }: MessageRecord): Message {
  return { ...message, at: new Date(at).toISOString() }
}

export function describeFollow(
  world: World,
  follow: SceneFollow,
  tags = describeTags(world),
): Follow {
  return {
    memberId: follow.memberId,
    remark: follow.remark,
    description: follow.description,
    tags: follow.tagIds.flatMap((id) => tags.get(id) ?? []),
    addedAt: new Date(addedAt(world, follow.addedMinutesAgo)).toISOString(),
    addWay: follow.addWay,
    state: follow.state,
    phones: follow.phones,
    ...(follow.half && { half: true }),
    ...(follow.lost && { lost: true }),
  }
}

/** By tag id. */
export function describeTags({ tagGroups }: World): Map<string, Follow['tags'][number]> {
  return new Map(
    tagGroups.flatMap((group) =>
      group.tags.map(({ id, name }) => [id, { group: group.name, name }]),
    ),
  )
}
