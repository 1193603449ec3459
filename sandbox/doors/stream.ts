import type Router from '@koa/router'
import { PassThrough } from 'node:stream'
import type { DeskEvent } from '../api.ts'
import { describe } from '../state/describe.ts'
import type { World, WorldEvent } from '../state/world.ts'

/** `GET /_sandbox/stream`: the state as it is, then again with each change. Changes of one tick make one line. */
export function streamDoor(router: Router, world: World) {
  router.get('/_sandbox/stream', (ctx) => {
    const stream = new PassThrough()
    ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    ctx.body = stream
    const send = (event: DeskEvent) => stream.write(`data: ${JSON.stringify(event)}\n\n`)
    let isDue = false
    const listener = (event: WorldEvent) => {
      if (event.type !== 'changed') return send(event)
      if (isDue) return true
      isDue = true
      setImmediate(() => {
        isDue = false
        if (world.listeners.has(listener)) send({ type: 'state', state: describe(world) })
      })
      return true
    }
    send({ type: 'state', state: describe(world) })
    world.listeners.add(listener)
    const heartbeat = setInterval(() => stream.write(': still here\n\n'), 20_000)
    ctx.res.on('close', () => {
      clearInterval(heartbeat)
      world.listeners.delete(listener)
    })
  })
}
