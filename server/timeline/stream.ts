import { setTimeout as sleep } from 'node:timers/promises'
import * as v from 'valibot'
import type { Moment } from '../../shared/contract/timeline.ts'
import type { Context } from '../context.ts'
import { readCursor, writeCursor } from '../db/cursor.ts'
import { identitiesOf } from '../identity/index.ts'
import type { News, Watch } from './live.ts'
import { mostChanges } from './queries.ts'
import { lastRevision, momentChanges, momentsPage } from './read.ts'

/** Where a stream stands: every change up to this revision has been seen, but for those that were under way at that time. */
export interface Position {
  revision: number
  at: number
}

const PositionTuple = v.tuple([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), v.pipe(v.number(), v.safeInteger(), v.minValue(0))])

export function writePosition({ revision, at }: Position): string {
  return writeCursor([revision, at])
}

/** @throws Problem `invalid_request` */
export function readPosition(text: string, field: string): Position {
  const [revision, at] = readCursor(PositionTuple, text, field)
  return { revision, at }
}

/** Taken before a page is read, so that nothing falls between the page and the stream. */
export async function positionNow(ctx: Context): Promise<Position> {
  const at = ctx.clock.now().getTime()
  return { revision: await lastRevision(ctx), at }
}

/**
 * A change may commit after one with a higher revision. So whoever comes back is told anew what changed in the last seconds before it left: a repeat is harmless,
 * because clients keep the highest revision, and no transaction of ours takes this long.
 */
const overlapMs = 30_000
/** Bounds that second look; revisions are numbered over all persons. */
const overlapRevisions = 1_000_000

/** One look per burst. */
const pauseMs = 40

/** How much of the history is told anew when identities join: what a rep sees without scrolling far. */
const mostRetold = 50

export interface Step {
  moments: readonly Moment[]
  /** Where to resume once all of them have arrived. */
  position: Position
}

/** What changes on a person's timeline, until the signal is aborted or the person is no more. The watch is stopped by the caller. */
export async function* follow(
  ctx: Context,
  who: { personId: string; watch: Watch; from: Position },
  signal: AbortSignal,
): AsyncGenerator<Step> {
  const { personId, watch, from } = who
  let { revision, at: lookedAt } = from
  let known = await identitiesOf(ctx, personId)
  let identityIds = known.map(({ id }) => id)
  watch.over(identityIds)
  if (known.some(({ joinedBy, joinedAt }) => joinedBy !== 'first_seen' && Date.parse(joinedAt) > from.at - overlapMs)) yield await retell()
  let news: News | null = { from: null, identities: false, missed: true }

  while (news && !signal.aborted) {
    const at = ctx.clock.now().getTime()
    if (news.identities) {
      const before = new Set(identityIds)
      known = await identitiesOf(ctx, personId)
      identityIds = known.map(({ id }) => id)
      if (identityIds.length === 0) return
      watch.over(identityIds)
      if (identityIds.some((id) => !before.has(id))) yield await retell()
    }
    if (news.missed) {
      yield* changes({ after: Math.max(0, revision - overlapRevisions), unless: revision, since: new Date(lookedAt - overlapMs) })
    } else if (news.from !== null) {
      yield* changes({ after: news.from - 1 })
    }
    lookedAt = at
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    news = await watch.next(signal)
  }

  async function* changes(range: { after: number; unless?: number; since?: Date }): AsyncGenerator<Step> {
    const at = ctx.clock.now().getTime()
    for (let { after } = range; ;) {
      const moments = await momentChanges(ctx, { ...range, personId, after, unless: Math.max(after, range.unless ?? after) })
      const last = moments.at(-1)
      if (!last) return
      after = last.revision
      revision = Math.max(revision, last.revision)
      yield { moments, position: { revision, at } }
      if (moments.length < mostChanges) return
    }
  }

  /**
   * Moments that joined the timeline, or became confirmed, did not change themselves. Half a revision more makes clients take them, and is less than any change
   * that may be under way.
   */
  async function retell(): Promise<Step> {
    const at = ctx.clock.now().getTime()
    const moments = await momentsPage(ctx, { personId, limit: mostRetold })
    return { moments: moments.map((moment) => ({ ...moment, revision: moment.revision + 0.5 })), position: { revision, at } }
  }
}
