import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { platformErrors } from './errors.ts'
import {
  Cursor,
  Id,
  MaterialKind,
  page,
  Position,
  queryInteger,
  Timestamp,
  UserId,
} from './values.ts'
import { WorkorderStatus, WorkorderType } from './workorders.ts'

export const MomentKind = v.picklist([
  'material.push',
  'material.view',
  'material.share',
  'menu.click',
  'form.submit',
  'workorder.submit',
  'workorder.cancel',
  'contact.joined',
])
export type MomentKind = v.InferOutput<typeof MomentKind>

/**
 * A reader who neither left nor reported for this long is gone without a message (a killed app, a
 * lost network). Reports come every two seconds, so one may be lost or late. A rep sees within
 * five seconds that the reader is gone.
 */
export const silentAfterMs = 4_000

export const Moment = v.object({
  id: Id,
  kind: MomentKind,
  occurredAt: v.string(),
  updatedAt: v.string(),
  /** Grows with every change of any moment. Clients keep the row with the highest one. */
  revision: v.number(),
  /**
   * False: the moment belongs to a share to this contact, but nothing proves yet that the reader is
   * the contact.
   */
  confirmed: v.boolean(),
  /** The identity of the reader: its kind and a short masked label. */
  identity: v.object({ id: Id, kind: v.string(), label: v.string() }),
  material: v.nullable(
    v.object({ id: Id, kind: MaterialKind, title: v.string(), coverUrl: v.nullable(v.string()) }),
  ),
  share: v.nullable(
    v.object({
      id: Id,
      /**
       * The member who handed it out, also after forwards. The list's filter `member` means this
       * one.
       */
      memberUserId: v.nullable(v.string()),
      memberName: v.nullable(v.string()),
      /** The contact to whom the rep pushed it; null for a group or a forward. */
      contactName: v.nullable(v.string()),
      /** How many times it was handed on before this reader: 0 = the rep's own push. */
      forwards: v.number(),
    }),
  ),
  /**
   * Of a `material.push`. Whether anybody has opened it by now. A stream does not tell this again:
   * the first `material.view` under the same share does.
   */
  push: v.nullable(v.object({ opened: v.boolean() })),
  view: v.nullable(
    v.object({
      activeSeconds: v.number(),
      depth: v.nullable(
        v.object({
          unit: v.picklist(['percent', 'page', 'second']),
          reached: v.number(),
          total: v.number(),
        }),
      ),
      /** True while the reader has it open and reports. */
      ongoing: v.boolean(),
      /**
       * Without another report, the reader counts as gone after so many milliseconds; 0 when gone.
       */
      presentForMs: v.optional(v.number()),
    }),
  ),
  /**
   * Of a forward: since when somebody else has opened it. Until then nobody knows whether the card
   * was sent.
   */
  forward: v.optional(v.nullable(v.object({ openedAt: v.nullable(v.string()) }))),
  workorder: v.nullable(
    v.object({
      id: Id,
      number: v.string(),
      type: WorkorderType,
      status: WorkorderStatus,
      place: v.nullable(v.string()),
    }),
  ),
  /** The item of a `menu.click` or the form of a `form.submit`; otherwise null. */
  item: v.nullable(v.string()),
})
export type Moment = v.InferOutput<typeof Moment>

export const listMoments = endpoint({
  method: 'GET',
  path: '/api/persons/:id/moments',
  auth: 'member',
  summary: 'The timeline of a person, newest first',
  params: v.strictObject({ id: Id }),
  query: v.strictObject({
    before: v.optional(Cursor),
    /** Several kinds joined with a comma. */
    kind: v.optional(
      v.pipe(
        v.string(),
        v.transform((text) => text.split(',')),
        v.array(MomentKind),
      ),
    ),
    /** Only of this material. */
    material: v.optional(Id),
    /** Only moments under shares of this member. */
    member: v.optional(UserId),
    /** Only moments that began at or after `from` and before `to`. */
    from: v.optional(Timestamp),
    to: v.optional(Timestamp),
    limit: queryInteger(1, 100, 20),
  }),
  reply: v.object({
    ...page(Moment).entries,
    /** Where a live stream should start: it sends exactly the changes after this page. */
    liveFrom: v.string(),
  }),
  errors: ['person_unknown', 'contact_not_followed', ...platformErrors],
})

/**
 * Server-sent events. `event: moment`, `data:` a moment, new or changed. `event: reload`:
 * identities joined or left the person, so the client must read the page again. Each has
 * `id: <opaque resume position>`. A client that reconnects with it as `Last-Event-ID`, to any
 * server, misses nothing and gets nothing twice. Comments keep the stream alive. `event: end`,
 * `data:` problem details: why the server closes the stream, for example `contact_not_followed`.
 * The client must not simply open it again.
 */
export const streamMoments = endpoint({
  method: 'GET',
  path: '/api/persons/:id/moments/live',
  auth: 'member',
  summary: 'The same timeline, live, as server-sent events with Last-Event-ID resume',
  params: v.strictObject({ id: Id }),
  query: v.strictObject({ from: v.optional(Position) }),
  kind: 'stream',
  reply: Moment,
  errors: ['person_unknown', 'contact_not_followed', ...platformErrors],
})
