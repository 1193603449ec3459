import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from '../../db/tables.ts'

/**
 * Sessions of a member that began with an earlier not-before time are over: the member has left,
 * was disabled, or is out of the app's range.
 */
export const memberNotBefore = pgTable(
  'member_not_before',
  {
    corpId: text('corp_id').notNull(),
    userId: text('user_id').notNull(),
    /** By the database's clock, in whole milliseconds; it only grows. */
    notBefore: instant('not_before').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.corpId, table.userId] }),
    index('member_not_before_time').on(table.notBefore),
  ],
)

/** Sessions whose holder signed out, by the digest of their token, until they expire. */
export const endedSessions = pgTable(
  'ended_sessions',
  {
    id: text('id').primaryKey(),
    /** By the database's clock. */
    endedAt: instant('ended_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    index('ended_sessions_ended').on(table.endedAt),
    index('ended_sessions_expires').on(table.expiresAt),
  ],
)
