import type { Context as KoaContext } from 'koa'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { listMoments, streamMoments } from '../../shared/contract/timeline.ts'
import { track } from '../../shared/contract/track.ts'
import { readCursor, TimePosition, writeCursor } from '../db/cursor.ts'
import type { ApiRouter } from '../http/api-router.ts'
import { serve, serveRaw } from '../http/serve.ts'
import { mayRead } from '../identity/index.ts'
import { momentsPage } from './read.ts'
import { follow, positionNow, readPosition, writePosition, type Step } from './stream.ts'
import { takeBatch } from './track.ts'

/** A hundred events of text are far less. */
const trackBodyLimit = 256 * 1024

const heartbeatMs = 15_000
/** Then the client comes back, and shows anew that it may read. */
const longestStreamMs = 30 * 60_000
/** A client that reads nothing while so much waits for it is cut off; it resumes where it was. */
const mostBufferedBytes = 1024 * 1024

export function timelineRoutes(router: ApiRouter): void {
  serve(router, track, ({ body, session }, ctx) => takeBatch(ctx, session, body), { bodyLimit: trackBodyLimit })

  serve(
    router,
    listMoments,
    async ({ params, query, session }, ctx) => {
      const personId = await mayRead(ctx, { ...session, personId: params.id })
      const before = query.before === undefined ? undefined : readCursor(TimePosition, query.before)
      const liveFrom = writePosition(await positionNow(ctx))
      const found = await momentsPage(ctx, { personId, before, kinds: query.kind, limit: query.limit + 1 })
      const items = found.slice(0, query.limit)
      const last = items.at(-1)
      return { items, next: found.length > items.length && last ? writeCursor([last.occurredAt, last.id]) : null, liveFrom }
    },
    { compress: true },
  )

  serveRaw(router, streamMoments, async ({ params, query, session, request }, ctx, koa) => {
    const personId = await mayRead(ctx, { ...session, personId: params.id })
    const lastEventId = request.header('Last-Event-ID')
    const from = lastEventId
      ? readPosition(lastEventId, 'Last-Event-ID')
      : query.from
        ? readPosition(query.from, 'from')
        : await positionNow(ctx)
    const watch = await ctx.live.watch({ personId, member: `${session.corpId}/${session.userId}` })
    const gone = new AbortController()
    const signal = AbortSignal.any([ctx.closing, gone.signal, AbortSignal.timeout(longestStreamMs)])
    const stream = openStream(koa, gone)
    const open = ctx.metrics.gauge('live_timelines', 'Live streams of this process')
    open.inc()
    // The answer has begun; what goes wrong from here on ends the stream, and the client resumes.
    void send(follow(ctx, { personId, watch, from }, signal), stream, signal)
      .catch((error: unknown) => ctx.log.error({ err: error, requestId: request.id }, 'a live timeline broke'))
      .finally(() => {
        open.dec()
        watch.stop()
        gone.abort()
        stream.end()
      })
  })
}

/** Begins the answer at once, so that the client knows it is connected, and keeps it alive through proxies. */
function openStream(koa: KoaContext, gone: AbortController): PassThrough {
  const stream = new PassThrough()
  koa.status = 200
  koa.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
  koa.body = stream
  koa.req.socket.setNoDelay(true)
  koa.res.once('close', () => gone.abort())
  stream.write('retry: 2000\n\n')
  const heartbeat = setInterval(() => stream.write(':\n\n'), heartbeatMs)
  gone.signal.addEventListener('abort', () => clearInterval(heartbeat), { once: true })
  // Who left while we still asked whether they may read: the answer was closed before anybody listened.
  if (koa.req.socket.destroyed) gone.abort()
  return stream
}

async function send(steps: AsyncGenerator<Step>, stream: PassThrough, signal: AbortSignal): Promise<void> {
  for await (const { moments, position } of steps) {
    if (signal.aborted) return
    const last = moments.length - 1
    // Only the last line of a step carries a position: a client that is cut off in the middle is told the step again.
    const lines = moments.map(
      (moment, index) => `${index === last ? `id: ${writePosition(position)}\n` : ''}event: moment\ndata: ${JSON.stringify(moment)}\n\n`,
    )
    if (stream.writableLength > mostBufferedBytes) return
    if (!stream.write(lines.join('')))
      await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]).catch(() => undefined)
  }
}
