import { index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../db/tables.ts'

export const persons = pgTable('persons', {
  id: uuid('id').primaryKey(),
  corpId: text('corp_id').notNull(),
  createdAt: moment('created_at').notNull(),
})

/** Each identity belongs to exactly one person; a merge moves identities, never history. */
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
    /** corpid for external_userid, appid for openid, open-platform account for unionid, '' otherwise */
    scope: text('scope').notNull(),
    value: text('value').notNull(),
    /** first_seen | unionid | unionid_conversion | verified_phone | by_hand */
    joinedBy: text('joined_by').notNull(),
    joinedAt: moment('joined_at').notNull(),
    createdAt: moment('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('identities_value').on(table.corpId, table.kind, table.scope, table.value),
    index('identities_person').on(table.personId),
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
    createdAt: moment('created_at').notNull(),
    undoneAt: moment('undone_at'),
  },
  (table) => [index('merges_kept').on(table.keptPersonId), index('merges_merged').on(table.mergedPersonId)],
)
