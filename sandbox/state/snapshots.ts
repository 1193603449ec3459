import { releaseEverybody } from './release.ts'
import { changed, type World } from './world.ts'

/** What is no data, or belongs to this process and the desk rather than to the platforms. */
const runtime = [
  'addresses',
  'revision',
  'webviews',
  'cookieOwner',
  'outbox',
  'hanging',
  'calls',
  'invokes',
  'listeners',
  'memory',
] as const
export type Snapshot = Omit<World, (typeof runtime)[number]>

export function takeSnapshot(world: World): Snapshot {
  return copy(world)
}

/**
 * Webviews close, as with a reset; the clock stands where it stood by its distance from the real
 * one.
 */
export function restoreSnapshot(world: World, snapshot: Snapshot) {
  releaseEverybody(world)
  Object.assign(world, copy(snapshot))
  changed(world, { all: true })
}

function copy(source: Snapshot): Snapshot {
  const kept = Object.entries(source).filter(
    ([name]) => !(runtime as readonly string[]).includes(name),
  )
  const { devices, ...rest } = Object.fromEntries(kept) as unknown as Snapshot
  const pushes = structuredClone(rest.pushes)
  // What was under way is not brought back: its requests are over.
  for (const delivery of pushes.deliveries)
    if (delivery.state === 'waiting') delivery.state = 'dropped'
  // A question on the phone's screen waits for an answer to a request; it cannot be copied.
  return {
    ...structuredClone(rest),
    pushes,
    devices: { ...structuredClone({ ...devices, pendingLocation: null }) },
  }
}
