import * as v from 'valibot'
import type { Reply } from '../../../shared/contract/endpoint.ts'
import {
  eventKinds,
  type track,
  TrackedEvent,
  trackingIsOff,
} from '../../../shared/contract/track.ts'
import type { Context } from '../../base/context.ts'
import { fail } from '../../base/problem.ts'
import type { Subject } from '../../base/http/session/sessions.ts'
import { type Arrival, ingest, type Refusals } from './ingest.ts'
import { isIssued, looksIssued, type Reader, type Use } from '../issued.ts'
import { possibleDepth, shareBook } from './share-facts.ts'
import type { Reporter } from './store.ts'

type SentBatch = { version: number; sentAt: string; events: readonly unknown[] }
type Refusal = Reply<typeof track>['refused'][number]

const day = 24 * 60 * 60_000
/**
 * How old an event may be, in days. A phone may be offline for long; an older time means a broken
 * clock. Raw events are kept for longer than this, so a repeat is always recognised.
 */
export const oldestDays = 90
const furthestAheadMs = day

/**
 * Stores the good events of a batch, and returns which others were refused and why. Returns after
 * the commit.
 * @throws Problem `too_many_requests`, `unavailable` with `Retry-After`, and nothing is kept;
 * `unauthenticated` when the visitor was erased
 */
export async function takeBatch(
  ctx: Context,
  session: Subject,
  batch: SentBatch,
): Promise<Reply<typeof track>> {
  const { rows, refused } = await rowsOf(ctx, session, batch)
  if (rows.length > 0) {
    const refusals = await ctx.memory.get(ingest).add(rows.map(({ row }) => row))
    if (refusals.size > 0)
      refused.push(...rows.flatMap(({ index, row }) => refusalOf(index, row, refusals)))
  }
  refused.sort((one, other) => one.index - other.index)
  const accepted = batch.events.length - refused.length
  const counted = ctx.metrics.counter(
    'tracked_events_total',
    'Events that visitors and members reported, by what became of them',
    ['outcome'],
  )
  if (accepted > 0) counted.inc({ outcome: 'accepted' }, accepted)
  if (refused.length > 0) counted.inc({ outcome: 'refused' }, refused.length)
  return { accepted, refused }
}

interface Placed {
  index: number
  row: Arrival
}

async function rowsOf(
  ctx: Context,
  session: Subject,
  batch: SentBatch,
): Promise<{ rows: Placed[]; refused: Refusal[] }> {
  const receivedAt = ctx.clock.now().getTime()
  const skewMs = receivedAt - Date.parse(batch.sentAt)
  const reporter: Reporter = { ...reporterOf(session), version: batch.version, receivedAt, skewMs }
  const { events, refused } = parseEvents(batch.events)
  const shares = await ctx.memory.get(shareBook).of(events)
  const claimed = new Map<string, string>()
  const foreignId = issuedIds(ctx)
  const rows: Placed[] = []
  for (const { index, event } of events) {
    const refuse = (field: string, reason: string) =>
      refused.push({ index, id: event.id, field, reason })
    const { by } = eventKinds[event.kind]
    if (by !== session.kind) {
      // A member who looks at a customer's page makes no moment of the customer. The report is
      // accepted all the same, so that the page needs no second mode.
      if (session.kind === 'visitor') refuse('kind', 'is reported by members')
      continue
    }
    const share = 'shareId' in event ? shares.get(event.shareId) : undefined
    if ('shareId' in event && share?.corpId !== session.corpId) {
      refuse('shareId', 'is not a share of this corp')
      continue
    }
    // An odd detail is dropped or cut, and the event stays.
    if (share && 'depth' in event && event.depth)
      event.depth = possibleDepth(event.depth, share.measure)
    const foreign = foreignId(session, event)
    if (foreign !== null) {
      refuse(foreign, 'was not issued to this visitor with this share')
      continue
    }
    const wrong = wrongTime(event.occurredAt, skewMs, receivedAt)
    if (wrong !== null) {
      refuse('occurredAt', wrong)
      continue
    }
    const row = arrivalOf(event, reporter)
    if (row.moment !== null && row.claim !== null) {
      if ((claimed.get(row.moment) ?? row.claim) !== row.claim) {
        refuse(idField(event), 'is used twice for different things')
        continue
      }
      claimed.set(row.moment, row.claim)
    }
    rows.push({ index, row })
  }
  return { rows, refused }
}

/**
 * Returns a check of the ids in a batch's events: the field of an id that was not issued to this
 * reader, or null. A forward counts only under an issued id, because only that names its forwarder.
 * A visit may have an id of the client's own.
 */
function issuedIds(ctx: Context): (session: Subject, event: TrackedEvent) => string | null {
  const checked = new Map<string, boolean>()
  const isOwn = (use: Use, reader: Reader, id: string): boolean => {
    const key = `${use}/${reader.shareId}/${id}`
    const known = checked.get(key) ?? isIssued(ctx, use, reader, id)
    checked.set(key, known)
    return known
  }
  return (session, event) => {
    if (session.kind !== 'visitor' || !('shareId' in event)) return null
    const { corpId, identityId } = session
    const reader = { corpId, identityId, shareId: event.shareId }
    if (looksIssued(event.visitId) && !isOwn('visit', reader, event.visitId)) return 'visitId'
    if (event.kind === 'share' && !isOwn('forward', reader, event.childShareId))
      return 'childShareId'
    return null
  }
}

function reporterOf(session: Subject): Pick<Reporter, 'corp' | 'identity' | 'by'> {
  const corp = session.corpId
  return session.kind === 'visitor'
    ? { corp, identity: session.identityId, by: null }
    : { corp, identity: null, by: session.userId }
}

function parseEvents(raw: readonly unknown[]): {
  events: { index: number; event: TrackedEvent }[]
  refused: Refusal[]
} {
  const events: { index: number; event: TrackedEvent }[] = []
  const refused: Refusal[] = []
  raw.forEach((value, index) => {
    const parsed = v.safeParse(TrackedEvent, value, { abortEarly: true })
    if (parsed.success) events.push({ index, event: parsed.output })
    else {
      const [issue] = parsed.issues
      const id =
        typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
          ? value.id.slice(0, 64)
          : null
      refused.push({ index, id, field: v.getDotPath(issue) ?? '', reason: issue.message })
    }
  })
  return { events, refused }
}

/**
 * Returns why the time of an event is impossible, after the correction of the client's clock. A
 * time a little in the future counts as now, in the statement that stores it.
 */
function wrongTime(occurredAt: string, skewMs: number, receivedAt: number): string | null {
  const said = Date.parse(occurredAt)
  const ahead = said + skewMs - receivedAt
  if (said < 0) return 'is before 1970'
  if (ahead > furthestAheadMs) return 'is more than a day in the future'
  return ahead < -oldestDays * day ? `is more than ${oldestDays} days ago` : null
}

/** Returns the same id as `momentIdSql` in the database. */
function momentIdOf(event: TrackedEvent): string {
  if (event.kind === 'share') return event.childShareId
  return eventKinds[event.kind].moment === 'material.view' ? event.visitId : event.id
}

function idField(event: TrackedEvent): string {
  if (event.kind === 'share') return 'childShareId'
  return eventKinds[event.kind].moment === 'material.view' ? 'visitId' : 'id'
}

function arrivalOf(event: TrackedEvent, reporter: Reporter): Arrival {
  const { id, kind, visitId: visit, occurredAt: reported, ...rest } = event
  const { shareId: share = null, ...properties } =
    'shareId' in rest ? rest : { ...rest, shareId: null }
  const { moment } = eventKinds[kind]
  return {
    event: { id, kind, visit, share, reported, properties },
    reporter,
    moment: moment === null ? null : momentIdOf(event),
    claim: moment === null ? null : `${reporter.identity}/${moment}/${share}`,
  }
}

function refusalOf(index: number, { event, moment }: Arrival, refusals: Refusals): Refusal[] {
  const { id, visit } = event
  const why = refusals.get(id)
  if (why === undefined) return []
  // An erased visitor has no session any more, even with a good signature.
  if (why === 'unknown') fail('unauthenticated', 'Sign in again')
  if (why === 'foreign')
    return [
      {
        index,
        id,
        field: moment === visit ? 'visitId' : 'id',
        reason: 'belongs to somebody or something else',
      },
    ]
  return [{ index, id, field: '', reason: why === 'silent' ? trackingIsOff : 'cannot be stored' }]
}
