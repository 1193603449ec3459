import { toJsonSchema } from '@valibot/to-json-schema'
import type Router from '@koa/router'
import { areas } from '../platform/areas.ts'
import { changed, type World } from '../state/world.ts'
import { Nonsense } from './nonsense.ts'
import { readBody } from './read.ts'

/**
 * What people and time do to the world: `POST /_sandbox/happenings/contact.add`. The only way to
 * cause callbacks (WW-96361).
 */
export function happeningDoors(router: Router, world: World) {
  const happenings = areas.flatMap((area) => area.happenings)

  router.get('/_sandbox/happenings', (ctx) => {
    ctx.body = {
      items: happenings.map(({ name, says, body }) => ({
        name,
        says,
        body: toJsonSchema(body, { errorMode: 'ignore' }),
      })),
    }
  })

  router.post('/_sandbox/happenings/:name', async (ctx) => {
    const found = happenings.find(({ name }) => name === ctx.params.name)
    if (!found)
      throw new Nonsense(`there is no happening "${ctx.params.name}", see /_sandbox/happenings`)
    const body = await readBody(ctx, found.body)
    const result = found.run(world, body as never)
    changed(world)
    ctx.body = result ?? { ok: true }
  })
}
