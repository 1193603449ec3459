import {
  forwardTree,
  materialStatistics,
  shareStatistics,
} from '../../shared/contract/statistics.ts'
import { listMoments, streamMoments } from '../../shared/contract/timeline.ts'
import { track } from '../../shared/contract/track.ts'
import type { Context } from '../base/context.ts'
import { readCursor, TimePosition, writeCursor } from '../base/db/cursor.ts'
import type { ApiRouter } from '../base/http/api-router.ts'
import { type EventStream, openEventStream, type ServerEvent } from '../base/http/event-stream.ts'
import { serve, serveRaw } from '../base/http/serve.ts'
import { expectSession } from '../base/http/session/identify.ts'
import type { MemberSubject } from '../base/http/session/sessions.ts'
import { fail, Problem } from '../base/problem.ts'
import { materialById } from '../materials/index.ts'
import { knowsContact, mayRead, nameRule, type Readable, readPermission } from '../persons/index.ts'
import { shareById } from '../shares/index.ts'
import { takeBatch } from './events/track.ts'
import { live } from './live/live.ts'
import { positionAt, readPosition, writePosition } from './live/position.ts'
import { follow, type Step } from './live/stream.ts'
import { momentsPage, type Page, type PageOptions, snapshotNow } from './page/read.ts'
import type { Permission } from './rule.ts'
import { forwardsOf, statisticsOf } from './statistics/statistics.ts'

/** A hundred events of text need far less. */
const trackBodyLimit = 256 * 1024

/** After this time the client reconnects, and its permission is checked again. */
const longestStreamMs = 30 * 60_000

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
      const knows = { knowsContact: knowsContact(ctx, session) }
      // Mostly one round trip. A reader without a known permission, a person from before a merge,
      // or one of two contacts takes the long way.
      const { moments, snapshot } =
        (await momentsPage(ctx, {
          personId: params.id,
          reader: { ...knows, identityIds: null },
          permission: readPermission(ctx, session),
          ...wanted,
        })) ??
        (await checkedPage(ctx, await mayRead(ctx, { ...session, personId: params.id }), {
          ...knows,
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
    return statisticsOf(ctx, 'material', params.id, nameRule(ctx, session))
  })

  serve(router, shareStatistics, async ({ params, session }, ctx) => {
    await expectOwnShare(ctx, session, params.id)
    return statisticsOf(ctx, 'share', params.id, nameRule(ctx, session))
  })

  serve(router, forwardTree, async ({ params, session }, ctx) => {
    await expectOwnShare(ctx, session, params.id)
    return forwardsOf(ctx, params.id, nameRule(ctx, session))
  })

  serveRaw(router, streamMoments, async ({ params, query, session, request }, ctx, koa) => {
    const { personId } = await mayRead(ctx, { ...session, personId: params.id })
    const reader = {
      knowsContact: knowsContact(ctx, session),
      readable: async () => (await mayRead(ctx, { ...session, personId })).identityIds,
    }
    const lastEventId = request.header('Last-Event-ID')
    const from = lastEventId
      ? readPosition(lastEventId, 'Last-Event-ID')
      : query.from
        ? readPosition(query.from, 'from')
        : positionAt(await snapshotNow(ctx))
    const { signedIn } = koa
    if (!signedIn) throw new Error('a stream was opened without a session')
    const watch = await ctx.memory.get(live).watch({ personId, member: signedIn.holder })
    const check = async () => {
      await expectSession(ctx, signedIn)
      await mayRead(ctx, { ...session, personId })
    }
    const stream = openEventStream(koa)
    const late = AbortSignal.timeout(longestStreamMs)
    const signal = AbortSignal.any([ctx.closing, stream.gone, late])
    const open = ctx.metrics.gauge('live_timelines', 'Live streams of this process')
    open.inc()
    void send(follow(ctx, { personId, reader, watch, from, check }, signal), stream, signal)
      .catch(async (error: unknown) => {
        if (error instanceof Problem) await stream.send([endOf(error, request.id)], signal)
        else ctx.log.error({ err: error, requestId: request.id }, 'a live timeline broke')
      })
      .finally(() => {
        open.dec()
        watch.stop()
        stream.end()
      })
  })
}

async function checkedPage(
  ctx: Context,
  { personId, identityIds, isWhole }: Readable,
  options: Omit<PageOptions, 'personId' | 'permission' | 'reader'> & {
    knowsContact: Permission
  },
): Promise<Page> {
  const reader = { ...options, identityIds: isWhole ? null : identityIds }
  const page = await momentsPage(ctx, { ...options, personId, reader, permission: null })
  if (!page) throw new Error('a page that may be read was not given')
  return page
}

/**
 * Fails unless the member pushed the share. A share reveals the customer to whom it was pushed, so
 * other members get the same answer as for a missing one.
 */
async function expectOwnShare(
  ctx: Context,
  { corpId, userId }: MemberSubject,
  shareId: string,
): Promise<void> {
  const share = await shareById(ctx.db, corpId, shareId)
  if (share?.memberUserId !== userId) fail('share_unknown')
}

async function send(
  bursts: AsyncGenerator<Step[]>,
  stream: EventStream,
  signal: AbortSignal,
): Promise<void> {
  for await (const steps of bursts) {
    if (signal.aborted || !(await stream.send(steps.map(eventOf), signal))) return
  }
}

/** Says why the stream ends. Without an id, so that the client resumes where it was. */
function endOf(problem: Problem, requestId: string): ServerEvent {
  return { event: 'end', data: problem.body(requestId) }
}

function eventOf({ moment, position }: Step): ServerEvent {
  const id = writePosition(position)
  return moment === null ? { id, event: 'reload', data: {} } : { id, event: 'moment', data: moment }
}
