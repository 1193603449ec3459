import type Router from '@koa/router'
import * as v from 'valibot'
import { restoreSnapshot, takeSnapshot, type Snapshot } from '../state/snapshots.ts'
import { now, type World } from '../state/world.ts'
import { Nonsense } from './nonsense.ts'
import { readBody } from './read.ts'

const Name = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(/^[\w.-]{1,64}$/, 'must be 1–64 letters, digits, dots, hyphens or underscores'),
  ),
})
const mostSnapshots = 16

/**
 * The world as it is now, put aside and brought back: for a demo that is shown twice, a test that
 * starts in the middle.
 */
export function snapshotDoors(router: Router, world: World) {
  const kept = new Map<string, { takenAt: string; snapshot: Snapshot }>()

  router.get('/_sandbox/snapshots', (ctx) => {
    ctx.body = { items: [...kept].map(([name, { takenAt }]) => ({ name, takenAt })) }
  })

  router.post('/_sandbox/snapshots', async (ctx) => {
    const { name } = await readBody(ctx, Name)
    if (!kept.has(name) && kept.size >= mostSnapshots)
      throw new Nonsense(
        `there are ${mostSnapshots} snapshots already: use one of their names again`,
      )
    const takenAt = new Date(now(world)).toISOString()
    kept.set(name, { takenAt, snapshot: takeSnapshot(world) })
    ctx.body = { name, takenAt }
  })

  router.post('/_sandbox/snapshots/restore', async (ctx) => {
    const { name } = await readBody(ctx, Name)
    const found = kept.get(name)
    if (!found) throw new Nonsense(`there is no snapshot "${name}"`)
    restoreSnapshot(world, found.snapshot)
    ctx.body = { scene: world.scene.name, revision: world.revision }
  })
}
