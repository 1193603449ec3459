import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant, writtenBy } from '../base/db/tables.ts'

export const persons = pgTable('persons', {
  id: uuid('id').primaryKey(),
  corpId: text('corp_id').notNull(),
  createdAt: instant('created_at').notNull(),
  /** Changes when identities came or went. A timeline that was read before is then read anew. */
  txid: writtenBy('txid'),
})

/** Each identity belongs to exactly one person. A merge moves identities, never history. */
export const identities = pgTable(
  'identities',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    personId: uuid('person_id')
      .notNull()
      .references(() => persons.id),
    /** external_userid | openid | unionid | phone | cookie */
    kind: text('kind').notNull(),
    /**
     * corpid for external_userid, appid for openid, open-platform account for unionid, the account
     * that proved it for phone ('' in old rows), '' otherwise
     */
    scope: text('scope').notNull(),
    value: text('value').notNull(),
    /** first_seen | unionid | unionid_conversion | pending_id | verified_phone | by_hand */
    joinedBy: text('joined_by').notNull(),
    joinedAt: instant('joined_at').notNull(),
    createdAt: instant('created_at').notNull(),
    /** When this visitor refused tracking. A choice marks all of the visitor's own identities. */
    trackingOffAt: instant('tracking_off_at'),
  },
  (table) => [
    uniqueIndex('identities_value').on(table.corpId, table.kind, table.scope, table.value),
    index('identities_person').on(table.personId),
    // Each account that proved a number has its own row of it, so the scopes differ.
    index('identities_phone')
      .on(table.corpId, table.value)
      .where(sql`kind = 'phone'`),
    index('identities_tracking_off')
      .on(table.personId)
      .where(sql`tracking_off_at is not null`),
  ],
)

/** One row per merge, with its evidence and the identities that moved, so that it can be undone. */
export const merges = pgTable(
  'merges',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    keptPersonId: uuid('kept_person_id').notNull(),
    mergedPersonId: uuid('merged_person_id').notNull(),
    identityIds: uuid('identity_ids').array().notNull(),
    evidence: jsonb('evidence').notNull(),
    createdAt: instant('created_at').notNull(),
    undoneAt: instant('undone_at'),
  },
  (table) => [
    index('merges_kept').on(table.keptPersonId),
    index('merges_merged').on(table.mergedPersonId),
  ],
)

/**
 * Identities that have joined a known contact in one transaction, or have left one. Their acts
 * under shares to other people appear on those timelines as unconfirmed, or no longer do. While the
 * row exists, these people's open timelines may not know of it (regroup.ts).
 */
export const regroupings = pgTable('regroupings', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  identityIds: uuid('identity_ids').array().notNull(),
  txid: writtenBy('txid'),
})

/**
 * All evidence that two identities are one human or are not, with its outcome. Append-only; only an
 * erasure deletes rows.
 */
export const identityEvidence = pgTable(
  'identity_evidence',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    oneIdentityId: uuid('one_identity_id').notNull(),
    otherIdentityId: uuid('other_identity_id').notNull(),
    /** unionid | unionid_conversion | pending_id | verified_phone | noted_phone | by_hand */
    kind: text('kind').notNull(),
    /** joined | same | asked | apart | undone | withdrawn */
    outcome: text('outcome').notNull(),
    /** The source of the evidence, without values of anybody. */
    detail: jsonb('detail').notNull(),
    at: instant('at').notNull(),
  },
  (table) => [
    index('identity_evidence_one').on(table.oneIdentityId, table.at),
    index('identity_evidence_other').on(table.otherIdentityId, table.at),
  ],
)

/**
 * Evidence that contradicts what is known, or proves too little. A person decides; it is never
 * merged silently.
 */
export const identityQuestions = pgTable(
  'identity_questions',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    /** The smaller of the two ids. */
    oneIdentityId: uuid('one_identity_id').notNull(),
    otherIdentityId: uuid('other_identity_id').notNull(),
    kind: text('kind').notNull(),
    /** Why it was not merged: two_unionids | two_contacts | two_accounts | parted | noted */
    reason: text('reason').notNull(),
    /** open | same | different */
    state: text('state').notNull(),
    askedAt: instant('asked_at').notNull(),
    answeredAt: instant('answered_at'),
    answeredBy: text('answered_by'),
  },
  (table) => [
    uniqueIndex('identity_questions_pair').on(
      table.oneIdentityId,
      table.otherIdentityId,
      table.kind,
    ),
    index('identity_questions_other').on(table.otherIdentityId),
  ],
)

/**
 * Customized apps: WeCom's stand-in for a visitor without a contact, valid for 90 days
 * (WW-97108). A contact that gets the same id is that visitor.
 */
export const pendingIds = pgTable(
  'pending_ids',
  {
    corpId: text('corp_id').notNull(),
    pendingId: text('pending_id').notNull(),
    identityId: uuid('identity_id').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.corpId, table.pendingId, table.identityId] }),
    index('pending_ids_identity').on(table.identityId),
    index('pending_ids_expires').on(table.expiresAt),
  ],
)

/** Questions to WeCom that led nowhere, until they may be asked again (WW-97108). */
export const askedLately = pgTable(
  'asked_lately',
  {
    /** unionid_conversion | pending_id_conversion */
    kind: text('kind').notNull(),
    /** What was asked about, in the form of its kind. */
    value: text('value').notNull(),
    /** The identity that was asked about, if any. */
    identityId: uuid('identity_id'),
    result: text('result').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.value] }),
    index('asked_lately_expires').on(table.expiresAt),
  ],
)
