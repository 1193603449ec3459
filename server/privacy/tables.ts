import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../base/db/tables.ts'

/** Visitors' choices about tracking, with the shown text. Append-only: the newest one counts. */
export const consents = pgTable(
  'consents',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    identityId: uuid('identity_id').notNull(),
    agreed: boolean('agreed').notNull(),
    /** Version and language of the shown text. */
    textVersion: text('text_version').notNull(),
    locale: text('locale').notNull(),
    /** Truncated: /24 of IPv4, /48 of IPv6. */
    network: text('network'),
    at: instant('at').notNull(),
  },
  (table) => [index('consents_identity').on(table.identityId, table.at)],
)

/**
 * Says that a person was erased, and nothing about whom. The next server that starts finishes a
 * pending one.
 */
export const erasures = pgTable(
  'erasures',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    personId: uuid('person_id').notNull(),
    identityIds: uuid('identity_ids').array().notNull(),
    /** pending | done; a done one has no identity ids any more. */
    state: text('state').notNull(),
    /** visitor | operator, or a member's user id */
    requestedBy: text('requested_by').notNull(),
    requestedAt: instant('requested_at').notNull(),
    /** The transaction after which nobody can report as one of these identities. */
    closedBy: text('closed_by').notNull(),
    doneAt: instant('done_at'),
    counts: jsonb('counts'),
  },
  (table) => [
    index('erasures_pending')
      .on(table.requestedAt)
      .where(sql`state = 'pending'`),
  ],
)
