import {
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from '../base/db/tables.ts'
import { equipment } from '../equipment/tables.ts'

export const workorders = pgTable(
  'workorders',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    number: text('number').notNull(),
    identityId: uuid('identity_id').notNull(),
    type: text('type').notNull(),
    status: text('status').notNull(),
    description: text('description').notNull(),
    contactName: text('contact_name').notNull(),
    contactPhone: text('contact_phone').notNull(),
    photoIds: uuid('photo_ids').array().notNull(),
    preferredAt: instant('preferred_at'),
    equipmentId: uuid('equipment_id').references(() => equipment.id),
    /** The serial number as the customer gave it. The machine may be unknown. */
    equipmentSn: text('equipment_sn'),
    locationSource: text('location_source').notNull(),
    locationName: text('location_name').notNull(),
    locationAddress: text('location_address').notNull(),
    latitude: doublePrecision('latitude'),
    longitude: doublePrecision('longitude'),
    accuracy: doublePrecision('accuracy'),
    shareId: uuid('share_id'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('workorders_number').on(table.corpId, table.number),
    index('workorders_identity').on(table.identityId, table.createdAt, table.id),
  ],
)

export const workorderStatuses = pgTable(
  'workorder_statuses',
  {
    workorderId: uuid('workorder_id')
      .notNull()
      .references(() => workorders.id),
    position: integer('position').notNull(),
    status: text('status').notNull(),
    by: text('by').notNull(),
    note: text('note').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.workorderId, table.position] })],
)

/** The last number given on a day, in the corp's time zone. */
export const workorderNumbers = pgTable(
  'workorder_numbers',
  {
    corpId: text('corp_id').notNull(),
    day: text('day').notNull(),
    last: integer('last').notNull(),
  },
  (table) => [primaryKey({ columns: [table.corpId, table.day] })],
)
