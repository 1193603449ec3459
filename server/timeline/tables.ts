import { sql } from 'drizzle-orm'
import { bigint, doublePrecision, index, jsonb, pgSequence, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../db/tables.ts'

/** Raw and append-only: what a client reported, as it reported it, with the server's correction beside it. */
export const events = pgTable(
  'events',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    identityId: uuid('identity_id').notNull(),
    kind: text('kind').notNull(),
    visitId: uuid('visit_id'),
    shareId: uuid('share_id'),
    /** Corrected by the batch's clock skew, never in the future. */
    occurredAt: moment('occurred_at').notNull(),
    /** The client's own clock, uncorrected. */
    reportedAt: moment('reported_at').notNull(),
    receivedAt: moment('received_at').notNull(),
    properties: jsonb('properties').notNull(),
  },
  (table) => [index('events_identity').on(table.identityId, table.occurredAt, table.id), index('events_visit').on(table.visitId)],
)

/** Every change of a moment takes the next number; live streams resume from it. */
export const momentRevision = pgSequence('moment_revision')

/** One line of the timeline. One visit is one moment: the largest active time and depth win, whatever the order of arrival. */
export const moments = pgTable(
  'moments',
  {
    /** The visit id for views, the event's or the work order's own id otherwise. */
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    identityId: uuid('identity_id').notNull(),
    /** The contact identity that the share was pushed to, while the reader may be somebody else. */
    targetIdentityId: uuid('target_identity_id'),
    kind: text('kind').notNull(),
    occurredAt: moment('occurred_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
    revision: bigint('revision', { mode: 'number' })
      .notNull()
      .default(sql`nextval('moment_revision')`),
    materialId: uuid('material_id'),
    shareId: uuid('share_id'),
    workorderId: uuid('workorder_id'),
    item: text('item'),
    activeSeconds: doublePrecision('active_seconds').notNull().default(0),
    depthUnit: text('depth_unit'),
    depthReached: doublePrecision('depth_reached'),
    depthTotal: doublePrecision('depth_total'),
    endedAt: moment('ended_at'),
  },
  (table) => [
    // Ascending on purpose: drizzle's .desc() is NULLS LAST and cannot serve ORDER BY … DESC; this is scanned backward.
    index('moments_identity').on(table.identityId, table.occurredAt, table.id),
    index('moments_target')
      .on(table.targetIdentityId, table.occurredAt, table.id)
      .where(sql`target_identity_id is not null`),
    index('moments_identity_revision').on(table.identityId, table.revision),
    index('moments_target_revision')
      .on(table.targetIdentityId, table.revision)
      .where(sql`target_identity_id is not null`),
  ],
)
