import type { Context as KoaContext } from 'koa'
import type { Context } from '../base/context.ts'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import {
  forwardTree,
  materialStatistics,
  shareStatistics,
} from '../../shared/contract/statistics.ts'
import { listMoments, streamMoments } from '../../shared/contract/timeline.ts'
import { track } from '../../shared/contract/track.ts'
import { readCursor, TimePosition, writeCursor } from '../base/db/cursor.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { serve, serveRaw } from '../base/http/serve.ts'
import { fail } from '../base/problem.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { mayRead } from '../identity/index.ts'
import { materialById, shareById } from '../materials/index.ts'
import { positionAt, readPosition, writePosition } from './live/position.ts'
import { momentsPage, type Page, type PageOptions, snapshotNow } from './page/read.ts'
import { forwardsOf, statisticsOf } from './statistics/statistics.ts'
import { follow, type Step } from './live/stream.ts'
import { takeBatch } from './events/track.ts'

/** A hundred events of text are far less. */
const trackBodyLimit = 256 * 1024

const heartbeatMs = 15_000
/** Then the client comes back, and shows anew that it may read. */
const longestStreamMs = 30 * 60_000
/** A client that reads nothing while so much waits for it is cut off; it resumes where it was. */
const mostBufferedBytes = 1024 * 1024

export function timelineRoutes(router: ApiRouter): void {
  serve(router, track, ({ body, session }, ctx) => takeBatch(ctx, session, body), {
    bodyLimit: trackBodyLimit,
  })

  serve(
    router,
    listMoments,
    async ({ params, query, session }, ctx) => {
      const before = query.before === undefined ? undefined : readCursor(TimePosition, query.before)
      const { kind: kinds, material, member, from, to, limit } = query
      const wanted = { before, kinds, material, member, from, to, limit: limit + 1 }
      // Mostly one round trip; who is not known to be allowed, or asks for a person of before a
      // merge, takes the long way.
      const { moments, snapshot } =
        (await momentsPage(ctx, { personId: params.id, reader: session, ...wanted })) ??
        (await checkedPage(ctx, {
          personId: await mayRead(ctx, { ...session, personId: params.id }),
          reader: null,
          ...wanted,
        }))
      const items = moments.slice(0, limit)
      const last = items.at(-1)
      const next =
        moments.length > items.length && last ? writeCursor([last.occurredAt, last.id]) : null
      return { items, next, liveFrom: writePosition(positionAt(snapshot)) }
    },
    { compress: true },
  )

  serve(router, materialStatistics, async ({ params, session }, ctx) => {
    if (!(await materialById(ctx.db, session.corpId, params.id))) fail('material_unknown')
    return statisticsOf(ctx, 'material', params.id)
  })

  serve(router, shareStatistics, async ({ params, session }, ctx) => {
    await expectOwnShare(ctx, session, params.id)
    return statisticsOf(ctx, 'share', params.id)
  })

  serve(router, forwardTree, async ({ params, session }, ctx) => {
    await expectOwnShare(ctx, session, params.id)
    return forwardsOf(ctx, params.id)
  })

  serveRaw(router, streamMoments, async ({ params, query, session, request }, ctx, koa) => {
    const personId = await mayRead(ctx, { ...session, personId: params.id })
    const lastEventId = request.header('Last-Event-ID')
    const from = lastEventId
      ? readPosition(lastEventId, 'Last-Event-ID')
      : query.from
        ? readPosition(query.from, 'from')
        : positionAt(await snapshotNow(ctx))
    const watch = await ctx.live.watch({ personId, member: `${session.corpId}/${session.userId}` })
    const gone = new AbortController()
    const signal = AbortSignal.any([ctx.closing, gone.signal, AbortSignal.timeout(longestStreamMs)])
    const stream = openStream(koa, gone)
    const open = ctx.metrics.gauge('live_timelines', 'Live streams of this process')
    open.inc()
    // The answer has begun; what goes wrong from here on ends the stream, and the client resumes.
    void send(follow(ctx, { personId, watch, from }, signal), stream, signal)
      .catch((error: unknown) =>
        ctx.log.error({ err: error, requestId: request.id }, 'a live timeline broke'),
      )
      .finally(() => {
        open.dec()
        watch.stop()
        gone.abort()
        stream.end()
      })
  })
}

async function checkedPage(ctx: Context, options: PageOptions): Promise<Page> {
  const page = await momentsPage(ctx, options)
  if (!page) throw new Error('a page that may be read was not given')
  return page
}

/**
 * A share tells of the customer to whom it was pushed: only the member who pushed it may look, as
 * if there were no other.
 */
async function expectOwnShare(
  ctx: Context,
  { corpId, userId }: MemberSubject,
  shareId: string,
): Promise<void> {
  const share = await shareById(ctx.db, corpId, shareId)
  if (share?.memberUserId !== userId) fail('share_unknown')
}

/**
 * Begins the answer at once, so that the client knows it is connected, and keeps it alive through
 * proxies.
 */
function openStream(koa: KoaContext, gone: AbortController): PassThrough {
  const stream = new PassThrough()
  koa.status = 200
  koa.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  })
  koa.body = stream
  koa.req.socket.setNoDelay(true)
  koa.res.once('close', () => gone.abort())
  stream.write('retry: 2000\n\n')
  const heartbeat = setInterval(() => stream.write(':\n\n'), heartbeatMs)
  gone.signal.addEventListener('abort', () => clearInterval(heartbeat), { once: true })
  // Who left while we still asked whether they may read: the answer was closed before anybody
  // listened.
  if (koa.req.socket.destroyed) gone.abort()
  return stream
}

async function send(
  bursts: AsyncGenerator<Step[]>,
  stream: PassThrough,
  signal: AbortSignal,
): Promise<void> {
  for await (const steps of bursts) {
    if (signal.aborted) return
    const lines = steps.map(({ moment, position }) => {
      const id = `id: ${writePosition(position)}\n`
      return moment === null
        ? `${id}event: reload\ndata: {}\n\n`
        : `${id}event: moment\ndata: ${JSON.stringify(moment)}\n\n`
    })
    if (stream.writableLength > mostBufferedBytes) return
    if (!stream.write(lines.join('')))
      await Promise.race([
        once(stream, 'drain', { signal }),
        once(stream, 'close', { signal }),
      ]).catch(() => undefined)
  }
}
