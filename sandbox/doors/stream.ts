import type Router from '@koa/router'
import { PassThrough } from 'node:stream'
import type { DeskEvent } from '../api.ts'
import type { Touched, World, WorldEvent } from '../state/world.ts'
import { describe, describePatch, noteTold, type ToldSmall } from './describe.ts'

/** More wishes of pages than this are not kept for a reader who does not read. */
const mostWaiting = 100

/**
 * `GET /_sandbox/stream`: the state as it is, then with each change what changed. Changes of one
 * tick make one line.
 */
export function streamDoor(router: Router, world: World) {
  router.get('/_sandbox/stream', (ctx) => {
    const stream = new PassThrough()
    ctx.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    ctx.body = stream
    const end = follow(world, stream)
    const heartbeat = setInterval(() => stream.write(': still here\n\n'), 20_000)
    ctx.res.on('close', () => {
      clearInterval(heartbeat)
      end()
    })
  })
}

/**
 * Writes to one reader; the function given back ends it. While the reader is slow nothing is
 * written: only which people and chats to tell is remembered, so what waits never grows beyond one
 * state.
 */
function follow(world: World, stream: PassThrough): () => void {
  const told = {
    customers: new Set<string>(),
    conversations: new Set<string>(),
    small: new Map() as ToldSmall,
  }
  let waiting = nothing()
  const actions: DeskEvent[] = []
  let isDue = false

  const write = (event: DeskEvent) => stream.write(`data: ${JSON.stringify(event)}\n\n`)

  function tellAll() {
    told.customers = new Set(world.customers.map(({ id }) => id))
    told.conversations = new Set(world.conversations.map(({ id }) => id))
    waiting = nothing()
    const state = describe(world)
    noteTold(state, told.small)
    write({ type: 'state', state })
  }

  /**
   * New people and chats are told even when nobody named them; of those that are gone a patch
   * cannot speak.
   */
  function tell() {
    waiting.isAny = false
    const isGone =
      !tellNew(world.customers, told.customers, waiting.customers) ||
      !tellNew(world.conversations, told.conversations, waiting.conversations)
    if (waiting.all || isGone) return tellAll()
    const { customers, conversations } = waiting
    waiting = nothing()
    write(describePatch(world, customers, conversations, told.small))
  }

  function flush() {
    isDue = false
    if (!world.listeners.has(listener) || stream.writableNeedDrain) return
    if (waiting.isAny) tell()
    for (const action of actions.splice(0)) write(action)
  }

  function listener(event: WorldEvent) {
    if (event.type === 'changed') note(waiting, event.touched)
    else if (actions.length < mostWaiting) actions.push(event)
    if (!isDue) setImmediate(flush)
    isDue = true
  }

  tellAll()
  stream.on('drain', flush)
  world.listeners.add(listener)
  return () => world.listeners.delete(listener)
}

function nothing() {
  return {
    isAny: false,
    all: false,
    customers: new Set<string>(),
    conversations: new Set<string>(),
  }
}

function note(
  waiting: ReturnType<typeof nothing>,
  { all, customers = [], conversations = [] }: Touched,
) {
  waiting.isAny = true
  waiting.all ||= all === true
  for (const id of customers) waiting.customers.add(id)
  for (const id of conversations) waiting.conversations.add(id)
}

/**
 * Adds those that the reader has never heard of to what is told; false when some that it knows are
 * gone.
 */
function tellNew(
  list: readonly { id: string }[],
  told: Set<string>,
  waiting: Set<string>,
): boolean {
  if (list.length < told.size) return false
  if (list.length === told.size) return true
  for (const { id } of list) {
    if (told.has(id)) continue
    told.add(id)
    waiting.add(id)
  }
  return told.size === list.length
}
