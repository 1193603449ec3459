import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { ClientId, Id, text, Timestamp } from './values.ts'

/** How far somebody got. `reached` never exceeds `total`: percent of an article, pages of a file, seconds of a video. */
export const Depth = v.variant('unit', [
  v.strictObject({ unit: v.literal('percent'), reached: bounded(100), total: v.literal(100) }),
  v.strictObject({ unit: v.literal('page'), reached: bounded(10_000), total: bounded(10_000) }),
  v.strictObject({ unit: v.literal('second'), reached: bounded(86_400), total: bounded(86_400) }),
])
export type Depth = v.InferOutput<typeof Depth>

function bounded(most: number) {
  return v.pipe(v.number(), v.minValue(0), v.maxValue(most))
}

/** Seconds in which the page was visible and the reader was not idle. */
const ActiveSeconds = v.pipe(v.number(), v.minValue(0), v.maxValue(86_400))

const base = {
  id: ClientId,
  occurredAt: Timestamp,
  /** One opening of one material; all its events carry the same visit. */
  visitId: ClientId,
  shareId: Id,
}

export const TrackedEvent = v.variant('kind', [
  v.strictObject({ ...base, kind: v.literal('view.start') }),
  v.strictObject({ ...base, kind: v.literal('view.progress'), activeSeconds: ActiveSeconds, depth: v.optional(Depth) }),
  v.strictObject({ ...base, kind: v.literal('view.end'), activeSeconds: ActiveSeconds, depth: v.optional(Depth) }),
  /** The visitor handed the material on; `childShareId` is the share that the next reader opens. */
  v.strictObject({ ...base, kind: v.literal('share'), childShareId: ClientId }),
  v.strictObject({ ...base, kind: v.literal('menu.click'), item: text(64) }),
])
export type TrackedEvent = v.InferOutput<typeof TrackedEvent>

export const mostEventsInBatch = 100

/**
 * The envelope is strict, each event is parsed by itself: what is refused says which and why, the rest is kept.
 * `sentAt` is the client's clock at sending, so that the server can correct its skew.
 */
export const track = endpoint({
  method: 'POST',
  path: '/api/track',
  auth: 'any',
  summary: 'Report 1–100 behaviour events; acknowledged only after they are durable',
  body: v.strictObject({
    sentAt: Timestamp,
    events: v.pipe(
      v.array(v.unknown()),
      v.minLength(1, 'must hold at least one event'),
      v.maxLength(mostEventsInBatch, 'must hold at most 100 events'),
    ),
  }),
  reply: v.object({
    /** Stored now or known already (same event id). */
    accepted: v.number(),
    refused: v.array(v.object({ index: v.number(), id: v.nullable(v.string()), field: v.string(), reason: v.string() })),
  }),
  errors: [],
})
