import { sql } from 'drizzle-orm'
import { boolean, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from '../base/db/tables.ts'

/**
 * Members, as WeCom described them last. Since 2022 it may give only a name, and `name` may equal
 * `userId`.
 */
export const members = pgTable(
  'members',
  {
    corpId: text('corp_id').notNull(),
    userId: text('user_id').notNull(),
    name: text('name').notNull(),
    avatarUrl: text('avatar_url'),
    /** As customers may see it. */
    title: text('title'),
    fetchedAt: instant('fetched_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.corpId, table.userId] })],
)

/** What a member lets readers do with the card under a pushed material. */
export const memberCards = pgTable(
  'member_cards',
  {
    corpId: text('corp_id').notNull(),
    userId: text('user_id').notNull(),
    phone: text('phone'),
    addable: boolean('addable').notNull().default(false),
    /** WeCom's code that adds the member. It is kept while the member is not addable. */
    addCodeUrl: text('add_code_url'),
  },
  (table) => [primaryKey({ columns: [table.corpId, table.userId] })],
)

/**
 * External contacts, as WeCom described them last: the profile and every follow relation
 * (WW-96315), parsed, as JSON.
 */
export const contacts = pgTable(
  'contacts',
  {
    corpId: text('corp_id').notNull(),
    externalUserId: text('external_userid').notNull(),
    profile: jsonb('profile').notNull(),
    follows: jsonb('follows').notNull(),
    /**
     * Members whose relation has ended, with who ended it and when. WeCom still lists a member whom
     * the customer has deleted.
     */
    lost: jsonb('lost')
      .notNull()
      .default(sql`'{}'::jsonb`),
    /** What WeCom said when it last refused to describe the contact. Null: it has not since. */
    refusal: jsonb('refusal'),
    fetchedAt: instant('fetched_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.corpId, table.externalUserId] })],
)
