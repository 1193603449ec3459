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
 * Raw and append-only: the reports of clients as they came, beside the server's correction.
 * Partitioned by range of `id`. A UUIDv7 begins with its milliseconds, so a partition is a month,
 * and one primary key still finds repeats in the whole history (partitions.ts). Drizzle knows no
 * partitions; the migration makes them.
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
    /** The version of the event model (`shared/contract/track.ts`). */
    version: smallint('version').notNull().default(1),
    visitId: uuid('visit_id'),
    shareId: uuid('share_id'),
    /** The moment that it belongs to. Null means that it is kept but shown nowhere. */
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
 * Every change of a moment takes the next number while the row is locked. Of two states of one
 * moment, the higher number is the later one.
 */
export const momentRevision = pgSequence('moment_revision')

/**
 * One line of the timeline. A visit is one moment: the largest active time and depth win, in any
 * order of arrival.
 */
export const moments = pgTable(
  'moments',
  {
    /** The visit id for views; otherwise the id of the event or the work order. */
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    identityId: uuid('identity_id').notNull(),
    /** The contact identity to which the share was pushed. The reader may be another person. */
    targetIdentityId: uuid('target_identity_id'),
    /** The member who handed out the share. */
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
    /**
     * The last report that the reader left or hid the page, and the last one that it is open. Both
     * are by the reader's own clock: a correction that varies by a second must not reorder them.
     */
    endedAt: instant('ended_at'),
    shownAt: instant('shown_at'),
    /** The last sign that the reader has it open, by our clock. Null in old rows. */
    seenAt: instant('seen_at'),
    /**
     * When the server itself saw the visit begin: the time in an issued id, otherwise the arrival
     * of the first event. Active time cannot exceed what has passed since. Null in old rows.
     */
    observedAt: instant('observed_at'),
    /**
     * The statistics' buckets of a view, now and before its last change. So the statement that
     * changes a row also knows the old buckets, even beside concurrent changes.
     * `on conflict do update` cannot return the old row, and triggers cost half a millisecond per
     * statement.
     */
    secondsFrom: smallint('seconds_from'),
    secondsTo: smallint('seconds_to'),
    depthFrom: smallint('depth_from'),
    depthTo: smallint('depth_to'),
  },
  (table) => [
    // Ascending on purpose. Drizzle's .desc() is NULLS LAST and cannot serve ORDER BY … DESC; this
    // index is scanned backward.
    index('moments_identity').on(table.identityId, table.occurredAt, table.id),
    index('moments_target')
      .on(table.targetIdentityId, table.occurredAt, table.id)
      .where(sql`target_identity_id is not null`),
    // Nearly all moments are views. A page without views must not walk through them.
    index('moments_identity_others')
      .on(table.identityId, table.occurredAt, table.id)
      .where(sql`kind <> 'material.view'`),
  ],
)

/**
 * Which transaction changed which moments of an identity: its own, or those under a share that was
 * pushed to it. A live stream resumes by it. This is not an index of `moments`, because the moment
 * of a visit changes every few seconds. While no index contains the changing columns, PostgreSQL
 * writes the new row beside the old one and touches no index.
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
 * Every transaction before `txid` had ended at that time. Changes older than the oldest mark were
 * deleted (changes.ts).
 */
export const changeMarks = pgTable('change_marks', {
  txid: xid8('txid').primaryKey(),
  at: instant('at').notNull(),
})

/**
 * What each change of a moment means for the statistics, written in the same commit (fold.ts; a
 * trigger for deleted moments). Commits only add rows here, so that commits on a popular material
 * do not wait for each other. A job folds the rows into the roll-ups later (roll-up.ts). Reading
 * takes both together.
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

/**
 * Forwards that somebody else than the forwarder has opened. Before that, nobody knows whether the
 * card was sent, and it counts nowhere.
 */
export const openedForwards = pgTable('opened_forwards', {
  /** The child share. */
  shareId: uuid('share_id').primaryKey(),
  /** The share that was handed on. */
  parentId: uuid('parent_id').notNull(),
  materialId: uuid('material_id').notNull(),
  openedAt: instant('opened_at').notNull(),
})

/** How often each identity opened each share, and how far it got. */
export const readers = pgTable(
  'readers',
  {
    shareId: uuid('share_id').notNull(),
    identityId: uuid('identity_id').notNull(),
    materialId: uuid('material_id').notNull(),
    opens: integer('opens').notNull(),
    /** The furthest bucket of a visit, 0 to 10; null where no depth is measured. */
    depth: smallint('depth'),
  },
  (table) => [
    primaryKey({ columns: [table.shareId, table.identityId] }),
    // For those who got furthest.
    index('readers_furthest')
      .on(table.materialId, table.depth)
      .where(sql`depth is not null`),
    index('readers_material').on(table.materialId, table.identityId),
    index('readers_identity').on(table.identityId),
  ],
)
