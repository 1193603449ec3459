import * as v from 'valibot'
import type { Reply } from '../../shared/contract/endpoint.ts'
import { TrackedEvent, type track } from '../../shared/contract/track.ts'
import type { Context } from '../context.ts'
import type { Subject } from '../http/sessions.ts'
import { claimOf, ingestOf } from './ingest.ts'
import { shareFacts, type ShareFacts } from './shares.ts'
import { depthUnits, type EventRow } from './store.ts'

type Batch = { sentAt: string; events: readonly unknown[] }
type Refusal = Reply<typeof track>['refused'][number]

const day = 24 * 60 * 60_000
/** A phone may be offline for long; what is older says more of a broken clock than of a customer. */
const oldestMs = 90 * day
const furthestAheadMs = day

/** Stores what can be stored of a batch and says of the rest which event and why. Returns after the commit. */
export async function takeBatch(ctx: Context, session: Subject, batch: Batch): Promise<Reply<typeof track>> {
  const receivedAt = ctx.clock.now()
  const { events, refused } = parseEvents(batch.events)
  // A member's look at the material is no customer's moment; the reply is the same, so that the page needs no second mode.
  if (session.kind === 'member') return { accepted: events.length, refused }

  const shares = await shareFacts(
    ctx.db,
    events.map(({ event }) => event.shareId),
  )
  const skewMs = receivedAt.getTime() - Date.parse(batch.sentAt)
  const claims = new Map<string, string>()
  const rows: { index: number; row: EventRow }[] = []
  for (const { index, event } of events) {
    const share = shares.get(event.shareId)
    const occurredAt = correctedTime(event.occurredAt, skewMs, receivedAt)
    const refuse = (field: string, reason: string) => refused.push({ index, id: event.id, field, reason })
    if (share?.corpId !== session.corpId) refuse('shareId', 'is not a share of this corp')
    else if (typeof occurredAt === 'string') refuse('occurredAt', occurredAt)
    else {
      const row = eventRow({ event, share, identityId: session.identityId, occurredAt, receivedAt })
      const claim = claims.get(row.moment) ?? claimOf(row)
      if (claim !== claimOf(row)) refuse(idField(event), 'is used twice for different things')
      else rows.push({ index, row })
      claims.set(row.moment, claim)
    }
  }

  const refusals = rows.length > 0 ? await ingestOf(ctx.db).add(rows.map(({ row }) => row)) : new Map<string, string>()
  for (const { index, row } of rows) {
    const why = refusals.get(row.id)
    if (why === 'foreign')
      refused.push({
        index,
        id: row.id,
        field: row.moment === row.visit ? 'visitId' : 'id',
        reason: 'belongs to somebody or something else',
      })
    if (why === 'unstorable') refused.push({ index, id: row.id, field: '', reason: 'cannot be stored' })
  }
  refused.sort((one, other) => one.index - other.index)
  const accepted = batch.events.length - refused.length
  const counted = ctx.metrics.counter('tracked_events_total', 'Events that visitors reported, by what became of them', ['outcome'])
  counted.inc({ outcome: 'accepted' }, accepted)
  counted.inc({ outcome: 'refused' }, refused.length)
  return { accepted, refused }
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

/** The client's time, moved by what its clock was wrong at sending; a little ahead counts as now. A string says why it cannot be. */
function correctedTime(occurredAt: string, skewMs: number, receivedAt: Date): Date | string {
  const said = Date.parse(occurredAt)
  const ahead = said + skewMs - receivedAt.getTime()
  if (said < 0) return 'is before 1970'
  if (ahead > furthestAheadMs) return 'is more than a day in the future'
  if (ahead < -oldestMs) return 'is more than 90 days ago'
  return new Date(receivedAt.getTime() + Math.min(ahead, 0))
}

/** A visit is one moment; a forward is the moment of its child share, whoever reports it first; anything else is its own. */
function momentOf(event: TrackedEvent): { moment: string; moment_kind: string } {
  if (event.kind === 'share') return { moment: event.childShareId, moment_kind: 'material.share' }
  if (event.kind === 'menu.click') return { moment: event.id, moment_kind: 'menu.click' }
  return { moment: event.visitId, moment_kind: 'material.view' }
}

function idField(event: TrackedEvent): string {
  if (event.kind === 'share') return 'childShareId'
  return event.kind === 'menu.click' ? 'id' : 'visitId'
}

function eventRow(facts: { event: TrackedEvent; share: ShareFacts; identityId: string; occurredAt: Date; receivedAt: Date }): EventRow {
  const { event, share, identityId, occurredAt, receivedAt } = facts
  const { id, kind, visitId, shareId, occurredAt: reported, ...properties } = event
  const depth = 'depth' in event ? event.depth : undefined
  const occurred = occurredAt.toISOString()
  return {
    id,
    corp: share.corpId,
    identity: identityId,
    kind,
    visit: visitId,
    share: shareId,
    occurred,
    reported,
    received: receivedAt.toISOString(),
    properties,
    ...momentOf(event),
    material: share.materialId,
    target: share.targetIdentityId,
    item: event.kind === 'menu.click' ? event.item : null,
    seconds: 'activeSeconds' in event ? event.activeSeconds : 0,
    unit: depth ? depthUnits.indexOf(depth.unit) + 1 : null,
    // Players report a little past the end.
    reached: depth ? Math.min(depth.reached, depth.total) : null,
    total: depth?.total ?? null,
    ended: kind === 'view.end' ? occurred : null,
  }
}
