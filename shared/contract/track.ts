import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { ClientId, Id, IssuedId, label, reported, text, Timestamp } from './values.ts'

/**
 * The version of the event model: it fixes the meaning of every kind and property. A new kind or an
 * optional property needs no new version; a changed meaning does. Events are stored with the
 * version under which they were reported.
 */
export const eventModelVersion = 1

/**
 * How far a reader got. `reached` never exceeds `total`: percent of an article, pages of a file,
 * seconds of a video.
 */
export const Depth = v.variant('unit', [
  v.strictObject({ unit: v.literal('percent'), reached: bounded(100), total: v.literal(100) }),
  v.strictObject({ unit: v.literal('page'), reached: bounded(10_000), total: bounded(10_000) }),
  v.strictObject({ unit: v.literal('second'), reached: bounded(86_400), total: bounded(86_400) }),
])
export type Depth = v.InferOutput<typeof Depth>

function bounded(most: number) {
  return v.pipe(v.number(), v.minValue(0), v.maxValue(most))
}

/** Seconds in which the page was visible and the reader was not idle. They grow within a visit. */
const ActiveSeconds = v.pipe(v.number(), v.minValue(0), v.maxValue(86_400))

const every = {
  /** The id of the event. The same id again is the same event. */
  id: ClientId,
  /** The client's clock. */
  occurredAt: Timestamp,
  /**
   * One opening of one material; all its events carry the same visit. For a reader it is one of the
   * ids that came with the share. Active time counts from the time that such an id carries. A visit
   * with an id of the client's own counts from the arrival of its first event.
   */
  visitId: IssuedId,
}
const ofVisitor = { ...every, shareId: Id }
const ofMember = { ...every, materialId: Id }
const progress = { activeSeconds: ActiveSeconds, depth: reported(Depth) }

// Another version of a client may report further details; those that nobody here knows are dropped,
// and so is an odd depth. The event stays.
export const TrackedEvent = v.variant('kind', [
  v.object({ ...ofVisitor, kind: v.literal('view.start') }),
  /** Progress, and a sign of life: while the reader looks, it comes every two seconds. */
  v.object({ ...ofVisitor, ...progress, kind: v.literal('view.progress') }),
  /** The reader left or hid the page. Progress may follow, when the reader returns. */
  v.object({ ...ofVisitor, ...progress, kind: v.literal('view.end') }),
  /**
   * The visitor opened the forward; `childShareId` is the share that the next reader opens. It must
   * be one of the ids that came with the share to this visitor.
   */
  v.object({ ...ofVisitor, kind: v.literal('share'), childShareId: IssuedId }),
  /** A tap on a link or button of the material; `item` is its label. */
  v.object({ ...ofVisitor, kind: v.literal('menu.click'), item: label(64) }),
  /**
   * A submitted form: `form` names it, and `fields` is how many were filled in. The content goes to
   * the form's own endpoint.
   */
  v.object({
    ...ofVisitor,
    kind: v.literal('form.submit'),
    form: text(64),
    fields: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(500)),
  }),
  /** The visit led to a work order. The server makes the order's moment together with the order. */
  v.object({ ...ofVisitor, kind: v.literal('workorder.submit'), workorderId: Id }),
  /** A member looks at a material before pushing it. */
  v.object({ ...ofMember, kind: v.literal('preview.start') }),
  v.object({ ...ofMember, ...progress, kind: v.literal('preview.progress') }),
  v.object({ ...ofMember, ...progress, kind: v.literal('preview.end') }),
])
export type TrackedEvent = v.InferOutput<typeof TrackedEvent>
export type EventKind = TrackedEvent['kind']

/**
 * The reporter of each kind, and the kind of moment that it belongs to; null = stored but shown
 * nowhere.
 */
export const eventKinds = {
  'view.start': { by: 'visitor', moment: 'material.view' },
  'view.progress': { by: 'visitor', moment: 'material.view' },
  'view.end': { by: 'visitor', moment: 'material.view' },
  share: { by: 'visitor', moment: 'material.share' },
  'menu.click': { by: 'visitor', moment: 'menu.click' },
  'form.submit': { by: 'visitor', moment: 'form.submit' },
  'workorder.submit': { by: 'visitor', moment: null },
  'preview.start': { by: 'member', moment: null },
  'preview.progress': { by: 'member', moment: null },
  'preview.end': { by: 'member', moment: null },
} as const satisfies Record<EventKind, { by: 'visitor' | 'member'; moment: string | null }>

export const mostEventsInBatch = 100

/**
 * A refusal with this reason tells a client to be silent: the visitor refused tracking, perhaps on
 * another device.
 */
export const trackingIsOff = 'tracking is off'

/**
 * The envelope is strict. Each event is parsed by itself: the answer names refused events with
 * reasons, and the rest is stored. `sentAt` is the client's clock at sending, so that the server
 * can correct its skew. After a 429 or 503 nothing is stored: send the same batch again, after
 * `Retry-After`.
 */
export const track = endpoint({
  method: 'POST',
  path: '/api/track',
  auth: 'any',
  summary: 'Report 1–100 behaviour events; acknowledged only after they are durable',
  body: v.strictObject({
    version: v.optional(v.literal(eventModelVersion), eventModelVersion),
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
    refused: v.array(
      v.object({
        index: v.number(),
        id: v.nullable(v.string()),
        field: v.string(),
        reason: v.string(),
      }),
    ),
  }),
  errors: [],
})
