import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { platformErrors } from './errors.ts'
import {
  Coordinates,
  Cursor,
  Id,
  optionalText,
  page,
  Picture,
  queryInteger,
  reportedText,
  text,
  Timestamp,
} from './values.ts'

export const WorkorderType = v.picklist([
  'repair',
  'installation',
  'maintenance',
  'consultation',
  'complaint',
])
export type WorkorderType = v.InferOutput<typeof WorkorderType>

export const WorkorderStatus = v.picklist([
  'submitted',
  'accepted',
  'in_progress',
  'done',
  'cancelled',
])
export type WorkorderStatus = v.InferOutput<typeof WorkorderStatus>

/**
 * `chosen` on the map, `measured` by the phone, or `typed` when the location is refused. A typed
 * one has no coordinates. The name is what the map calls the place; without an address, a chosen
 * place is where its name says. Unknown details are dropped.
 */
export const WorkorderLocation = v.variant('source', [
  v.object({
    source: v.literal('chosen'),
    name: reportedText(100),
    address: optionalText(200),
    ...Coordinates.entries,
  }),
  v.object({
    source: v.literal('measured'),
    name: reportedText(100),
    address: optionalText(200),
    ...Coordinates.entries,
  }),
  v.object({ source: v.literal('typed'), name: reportedText(100), address: text(200) }),
])
export type WorkorderLocation = v.InferOutput<typeof WorkorderLocation>

export const WorkorderDraft = v.strictObject({
  type: WorkorderType,
  description: text(2000),
  contactName: text(50),
  /** As people type and paste it, with an extension at most: `shared/rules/phone-number.ts`. */
  contactPhone: text(100),
  /** Ids from `POST /api/files`. */
  photoIds: v.optional(v.pipe(v.array(Id), v.maxLength(9, 'must hold at most 9 photos')), []),
  /** Not in the past; null = as soon as possible. */
  preferredAt: v.optional(v.nullable(Timestamp), null),
  /** The serial number on the machine's label. An unknown one is taken too, as not verified. */
  equipmentSn: v.optional(v.nullable(text(64)), null),
  location: WorkorderLocation,
  /** The share under which the visitor came, if any. One that nobody knows is left away. */
  shareId: v.fallback(v.optional(v.nullable(Id), null), null),
})
export type WorkorderDraft = v.InferOutput<typeof WorkorderDraft>
export type WorkorderDraftInput = v.InferInput<typeof WorkorderDraft>

export const Equipment = v.object({
  id: Id,
  sn: v.string(),
  model: v.string(),
  place: v.nullable(v.string()),
})
export type Equipment = v.InferOutput<typeof Equipment>

/**
 * The machine of an order. The customer reads the number from a label, perhaps of a machine that
 * we do not know: then only the number is there, and it is not verified.
 */
export const WorkorderEquipment = v.object({
  id: v.nullable(Id),
  sn: v.string(),
  model: v.nullable(v.string()),
  place: v.nullable(v.string()),
  verified: v.boolean(),
})
export type WorkorderEquipment = v.InferOutput<typeof WorkorderEquipment>

/** An open page of an order reads it again so often while it is visible. */
export const workorderAgeMs = 3_000

export const WorkorderSummary = v.object({
  id: Id,
  /** The number that people say on the phone: `WO-20261121-0001`. */
  number: v.string(),
  type: WorkorderType,
  status: WorkorderStatus,
  description: v.string(),
  place: v.nullable(v.string()),
  createdAt: v.string(),
})
export type WorkorderSummary = v.InferOutput<typeof WorkorderSummary>

export const Workorder = v.object({
  ...WorkorderSummary.entries,
  contactName: v.string(),
  contactPhone: v.string(),
  photos: v.array(Picture),
  preferredAt: v.nullable(v.string()),
  equipment: v.nullable(WorkorderEquipment),
  location: v.object({
    source: v.picklist(['chosen', 'measured', 'typed']),
    name: v.string(),
    address: v.string(),
    latitude: v.nullable(v.number()),
    longitude: v.nullable(v.number()),
    accuracy: v.nullable(v.number()),
  }),
  history: v.array(
    v.object({
      status: WorkorderStatus,
      at: v.string(),
      by: v.picklist(['visitor', 'member', 'system']),
      note: v.string(),
    }),
  ),
  canCancel: v.boolean(),
})
export type Workorder = v.InferOutput<typeof Workorder>

export const submitWorkorder = endpoint({
  method: 'POST',
  path: '/api/workorders',
  auth: 'visitor',
  summary: 'Submit a work order',
  idempotent: true,
  body: WorkorderDraft,
  reply: Workorder,
  errors: ['file_unknown', 'idempotency_key_missing', 'idempotency_conflict'],
})

/**
 * A visitor gets their own person's orders. A member gets those of `person`, which is then
 * required.
 */
export const listWorkorders = endpoint({
  method: 'GET',
  path: '/api/workorders',
  auth: 'any',
  summary: 'Work orders of a person, newest first',
  query: v.strictObject({
    person: v.optional(Id),
    status: v.optional(WorkorderStatus),
    before: v.optional(Cursor),
    limit: queryInteger(1, 50, 20),
  }),
  reply: page(WorkorderSummary),
  errors: ['person_unknown', 'contact_not_followed', ...platformErrors],
})

export const getWorkorder = endpoint({
  method: 'GET',
  path: '/api/workorders/:id',
  auth: 'any',
  summary: 'One work order with its history',
  params: v.strictObject({ id: Id }),
  reply: Workorder,
  errors: ['workorder_unknown', ...platformErrors],
})

export const cancelWorkorder = endpoint({
  method: 'POST',
  path: '/api/workorders/:id/cancel',
  auth: 'visitor',
  summary: 'Withdraw a work order that is not finished',
  params: v.strictObject({ id: Id }),
  body: v.strictObject({ reason: optionalText(200) }),
  reply: Workorder,
  errors: ['workorder_unknown', 'workorder_closed'],
})

export const findEquipment = endpoint({
  method: 'GET',
  path: '/api/equipment',
  auth: 'visitor',
  summary: 'The machine with this serial number',
  query: v.strictObject({ sn: text(64) }),
  reply: Equipment,
  errors: ['equipment_unknown'],
})
