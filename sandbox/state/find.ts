import type { World } from './world.ts'

export function avatarUrl(world: World, id: string): string {
  return asset(world, `avatars/${id}.svg`)
}

/** Milliseconds of a scene's "minutes ago". */
export function addedAt(world: World, minutesAgo: number): number {
  return world.setAt - minutesAgo * 60_000
}

export function findTag(
  world: World,
  id: string,
): { id: string; name: string; group: string } | undefined {
  for (const group of world.tagGroups) {
    const tag = group.tags.find((one) => one.id === id)
    if (tag) return { ...tag, group: group.name }
  }
  return undefined
}

/** The address of a picture that the sandbox draws. */
export function asset(world: World, path: string): string {
  return `${world.addresses.sandbox}/_sandbox/${path}`
}
