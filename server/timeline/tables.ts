import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgSequence,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant, writtenBy, xid8 } from '../base/db/tables.ts'

/**
 * Raw and append-only: what a client reported, as it reported it, with the server's correction
 * beside it. Partitioned by range of `id`: a UUIDv7 begins with its milliseconds, so a partition is
 * a month, and one primary key still tells repeats over the whole history (partitions.ts; drizzle
 * knows no partitions, the migration does).
 */
export const events = pgTable(
  'events',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    /** The visitor who reported it, or … */
    identityId: uuid('identity_id'),
    /** … the member. Exactly one of the two. */
    memberUserId: text('member_userid'),
    kind: text('kind').notNull(),
    /** Of the event model (`shared/contract/track.ts`). */
    version: smallint('version').notNull().default(1),
    visitId: uuid('visit_id'),
    shareId: uuid('share_id'),
    /** The moment that it is a part of; null = it is kept, and shown nowhere. */
    momentId: uuid('moment_id'),
    /** Corrected by the batch's clock skew, never in the future. */
    occurredAt: instant('occurred_at').notNull(),
    /** The client's own clock, uncorrected. */
    reportedAt: instant('reported_at').notNull(),
    receivedAt: instant('received_at').notNull(),
    properties: jsonb('properties').notNull(),
  },
  (table) => [
    index('events_identity')
      .on(table.identityId)
      .where(sql`identity_id is not null`),
    index('events_moment')
      .on(table.momentId)
      .where(sql`moment_id is not null`),
    check('events_one_reporter', sql`num_nonnulls(identity_id, member_userid) = 1`),
  ],
)

/**
 * Every change of a moment takes the next number while the row is locked: of two states of one
 * moment, the higher is the later.
 */
export const momentRevision = pgSequence('moment_revision')

/**
 * One line of the timeline. One visit is one moment: the largest active time and depth win,
 * whatever the order of arrival.
 */
export const moments = pgTable(
  'moments',
  {
    /** The visit id for views, the event's or the work order's own id otherwise. */
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    identityId: uuid('identity_id').notNull(),
    /** The contact identity that the share was pushed to, while the reader may be somebody else. */
    targetIdentityId: uuid('target_identity_id'),
    /** Who handed out the share under which it happened. */
    memberUserId: text('member_userid'),
    kind: text('kind').notNull(),
    occurredAt: instant('occurred_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    revision: bigint('revision', { mode: 'number' })
      .notNull()
      .default(sql`nextval('moment_revision')`),
    txid: writtenBy('txid'),
    materialId: uuid('material_id'),
    shareId: uuid('share_id'),
    workorderId: uuid('workorder_id'),
    item: text('item'),
    activeSeconds: doublePrecision('active_seconds').notNull().default(0),
    depthUnit: text('depth_unit'),
    depthReached: doublePrecision('depth_reached'),
    depthTotal: doublePrecision('depth_total'),
    endedAt: instant('ended_at'),
    /**
     * Views: the statistics' buckets of the row as it is, and as it was before its last change. So
     * the statement that changes a row also knows what it was, whoever else changes it at the same
     * time: `on conflict do update` cannot return the old row, and triggers cost half a millisecond
     * per statement.
     */
    secondsFrom: smallint('seconds_from'),
    secondsTo: smallint('seconds_to'),
    depthFrom: smallint('depth_from'),
    depthTo: smallint('depth_to'),
  },
  (table) => [
    // Ascending on purpose: drizzle's .desc() is NULLS LAST and cannot serve ORDER BY … DESC; this
    // is scanned backward.
    index('moments_identity').on(table.identityId, table.occurredAt, table.id),
    index('moments_target')
      .on(table.targetIdentityId, table.occurredAt, table.id)
      .where(sql`target_identity_id is not null`),
    // Nearly all moments are views; a page without them must not walk through them.
    index('moments_identity_others')
      .on(table.identityId, table.occurredAt, table.id)
      .where(sql`kind <> 'material.view'`),
  ],
)

/**
 * Which moments of an identity (its own, or those that came through a share pushed to it) which
 * transaction changed: what a live stream reads to go on where it was. Not an index of `moments`: a
 * visit's moment changes every few seconds, and as long as no index knows what changes, PostgreSQL
 * writes the new row beside the old one and touches none of its indexes.
 */
export const momentChanges = pgTable(
  'moment_changes',
  {
    of: uuid('of').notNull(),
    txid: writtenBy('txid'),
    momentId: uuid('moment_id').notNull(),
  },
  (table) => [
    index('moment_changes_of').on(table.of, table.txid),
    index('moment_changes_txid').on(table.txid),
  ],
)

/**
 * Every transaction before `txid` was over at that time. What is older than the oldest of these was
 * let go of (changes.ts).
 */
export const changeMarks = pgTable('change_marks', {
  txid: xid8('txid').primaryKey(),
  at: instant('at').notNull(),
})

/**
 * What each change of a moment means for the statistics, written in the same commit (fold.ts; a
 * trigger for moments that are deleted). Only ever added here, so that commits on a popular
 * material do not wait for each other; folded into the roll-ups later (roll-up.ts), and read
 * together with them.
 */
export const rollupDeltas = pgTable('rollup_deltas', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  materialId: uuid('material_id').notNull(),
  shareId: uuid('share_id').notNull(),
  identityId: uuid('identity_id').notNull(),
  opens: integer('opens').notNull().default(0),
  forwards: integer('forwards').notNull().default(0),
  /** Buckets that a visit leaves and enters; null = none. */
  secondsFrom: smallint('seconds_from'),
  secondsTo: smallint('seconds_to'),
  depthFrom: smallint('depth_from'),
  depthTo: smallint('depth_to'),
})

/** Visits of a share or of a material by measure and bucket. */
export const rollups = pgTable(
  'rollups',
  {
    /** A share's or a material's id. */
    of: uuid('of').notNull(),
    /** seconds | depth | forwards */
    measure: text('measure').notNull(),
    bucket: smallint('bucket').notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.of, table.measure, table.bucket] })],
)

/** Who opened what, how often. */
export const readers = pgTable(
  'readers',
  {
    shareId: uuid('share_id').notNull(),
    identityId: uuid('identity_id').notNull(),
    materialId: uuid('material_id').notNull(),
    opens: integer('opens').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.shareId, table.identityId] }),
    index('readers_material').on(table.materialId, table.identityId),
    index('readers_identity').on(table.identityId),
  ],
)
