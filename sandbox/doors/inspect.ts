import type Router from '@koa/router'
import { areas } from '../platform/areas.ts'
import { secondsLeft, stateOf } from '../state/grants.ts'
import { now, type World } from '../state/world.ts'

const mostGrants = 200
const shownLetters = 12

/** `GET /_sandbox/overview`: every entity, quota and token, for the inspector. Secrets and tokens are cut. */
export function inspectDoors(router: Router, world: World) {
  router.get('/_sandbox/overview', (ctx) => {
    const { scene, offsetMs } = world
    ctx.body = {
      corp: scene.corp.name,
      scene: scene.title,
      clock: { now: new Date(now(world)).toISOString(), offsetSeconds: Math.round(offsetMs / 1000) },
      grants: world.grants
        .slice(-mostGrants)
        .reverse()
        .map((one) => ({
          kind: one.kind,
          owner: one.owner,
          value: `${one.value.slice(0, shownLetters)}…`,
          secondsLeft: secondsLeft(world, one),
          state: stateOf(world, one),
        })),
      areas: areas.map(({ title, service, tables, meters }) => ({
        title,
        service,
        tables: tables?.(world) ?? [],
        meters: meters?.(world) ?? [],
      })),
    }
  })
}
