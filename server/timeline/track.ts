import * as v from 'valibot'
import type { Reply } from '../../shared/contract/endpoint.ts'
import { eventKinds, type track, TrackedEvent, trackingIsOff } from '../../shared/contract/track.ts'
import type { Context } from '../context.ts'
import { fail } from '../http/problem.ts'
import type { Subject } from '../http/sessions.ts'
import { claimOf, ingestOf, type Refusals } from './ingest.ts'
import { shareCorps } from './shares.ts'
import type { EventRow } from './store.ts'

type Batch = { version: number; sentAt: string; events: readonly unknown[] }
type Refusal = Reply<typeof track>['refused'][number]

const day = 24 * 60 * 60_000
/** A phone may be offline for long; what is older says more of a broken clock than of a customer. Raw events are kept for longer than this, so a repeat is always recognised. */
export const oldestDays = 90
const furthestAheadMs = day

/**
 * Stores what can be stored of a batch and says of the rest which event and why. Returns after the commit.
 * @throws Problem `too_many_requests`, `unavailable` with `Retry-After`, and nothing is kept; `unauthenticated` when the visitor was erased
 */
export async function takeBatch(ctx: Context, session: Subject, batch: Batch): Promise<Reply<typeof track>> {
  const { rows, refused } = await rowsOf(ctx, session, batch)
  if (rows.length > 0) {
    const refusals = await ingestOf(ctx.db).add(rows.map(({ row }) => row))
    if (refusals.size > 0) refused.push(...rows.flatMap(({ index, row }) => refusalOf(index, row, refusals)))
  }
  refused.sort((one, other) => one.index - other.index)
  const accepted = batch.events.length - refused.length
  const counted = ctx.metrics.counter('tracked_events_total', 'Events that visitors and members reported, by what became of them', [
    'outcome',
  ])
  if (accepted > 0) counted.inc({ outcome: 'accepted' }, accepted)
  if (refused.length > 0) counted.inc({ outcome: 'refused' }, refused.length)
  return { accepted, refused }
}

interface Placed {
  index: number
  row: EventRow
}

async function rowsOf(ctx: Context, session: Subject, batch: Batch): Promise<{ rows: Placed[]; refused: Refusal[] }> {
  const receivedAt = ctx.clock.now().getTime()
  const skewMs = receivedAt - Date.parse(batch.sentAt)
  const reporter = { ...reporterOf(session), version: batch.version, received: new Date(receivedAt).toISOString() }
  const { events, refused } = parseEvents(batch.events)
  const corps = await shareCorps(ctx.db, events)
  const claims = new Map<string, string>()
  const rows: Placed[] = []
  for (const { index, event } of events) {
    const refuse = (field: string, reason: string) => refused.push({ index, id: event.id, field, reason })
    const { by } = eventKinds[event.kind]
    if (by !== session.kind) {
      // A member's look at a customer's page is no customer's moment; it is accepted, so that the page needs no second mode.
      if (session.kind === 'visitor') refuse('kind', 'is reported by members')
      continue
    }
    if ('shareId' in event && corps.get(event.shareId) !== session.corpId) {
      refuse('shareId', 'is not a share of this corp')
      continue
    }
    const occurred = correctedTime(event.occurredAt, skewMs, receivedAt)
    if (typeof occurred === 'string') {
      refuse('occurredAt', occurred)
      continue
    }
    const row = eventRow(event, { ...reporter, occurred: new Date(occurred).toISOString() })
    if (row.moment !== null) {
      const claim = claimOf(row)
      const known = claims.get(row.moment) ?? claim
      if (known !== claim) {
        refuse(idField(event), 'is used twice for different things')
        continue
      }
      claims.set(row.moment, claim)
    }
    rows.push({ index, row })
  }
  return { rows, refused }
}

function reporterOf(session: Subject): Pick<EventRow, 'corp' | 'identity' | 'by'> {
  const corp = session.corpId
  return session.kind === 'visitor' ? { corp, identity: session.identityId, by: null } : { corp, identity: null, by: session.userId }
}

function parseEvents(raw: readonly unknown[]): { events: { index: number; event: TrackedEvent }[]; refused: Refusal[] } {
  const events: { index: number; event: TrackedEvent }[] = []
  const refused: Refusal[] = []
  raw.forEach((value, index) => {
    const parsed = v.safeParse(TrackedEvent, value, { abortEarly: true })
    if (parsed.success) events.push({ index, event: parsed.output })
    else {
      const [issue] = parsed.issues
      const id = typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id.slice(0, 64) : null
      refused.push({ index, id, field: v.getDotPath(issue) ?? '', reason: issue.message })
    }
  })
  return { events, refused }
}

/** The client's time in milliseconds, moved by what its clock was wrong at sending; a little ahead counts as now. A string says why it cannot be. */
function correctedTime(occurredAt: string, skewMs: number, receivedAt: number): number | string {
  const said = Date.parse(occurredAt)
  const ahead = said + skewMs - receivedAt
  if (said < 0) return 'is before 1970'
  if (ahead > furthestAheadMs) return 'is more than a day in the future'
  if (ahead < -oldestDays * day) return `is more than ${oldestDays} days ago`
  return receivedAt + Math.min(ahead, 0)
}

/** A visit is one moment; a forward is the moment of its child share, whoever reports it first; anything else is its own. */
function momentIdOf(event: TrackedEvent): string {
  if (event.kind === 'share') return event.childShareId
  return eventKinds[event.kind].moment === 'material.view' ? event.visitId : event.id
}

function idField(event: TrackedEvent): string {
  if (event.kind === 'share') return 'childShareId'
  return eventKinds[event.kind].moment === 'material.view' ? 'visitId' : 'id'
}

function eventRow(event: TrackedEvent, facts: Pick<EventRow, 'corp' | 'identity' | 'by' | 'version' | 'received' | 'occurred'>): EventRow {
  const { id, kind, visitId, occurredAt, ...rest } = event
  const { shareId = null, ...properties } = 'shareId' in rest ? rest : { ...rest, shareId: null }
  const { moment } = eventKinds[kind]
  return {
    ...facts,
    id,
    kind,
    visit: visitId,
    share: shareId,
    reported: occurredAt,
    properties,
    moment: moment === null ? null : momentIdOf(event),
    moment_kind: moment,
  }
}

function refusalOf(index: number, row: EventRow, refusals: Refusals): Refusal[] {
  const why = refusals.get(row.id)
  const { id } = row
  switch (why) {
    case undefined:
      return []
    case 'unknown':
      fail('unauthenticated', 'Sign in again')
    // eslint-disable-next-line no-fallthrough -- `fail` does not return
    case 'silent':
      return [{ index, id, field: '', reason: trackingIsOff }]
    case 'unstorable':
      return [{ index, id, field: '', reason: 'cannot be stored' }]
    case 'foreign':
      return [{ index, id, field: row.moment === row.visit ? 'visitId' : 'id', reason: 'belongs to somebody or something else' }]
  }
}
