import { sql } from 'drizzle-orm'
import {
  char,
  customType,
  index,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'

/** A time in microseconds with a zone in the database; a `Date` in the code. */
export function instant(name: string) {
  return timestamp(name, { withTimezone: true, mode: 'date' })
}

export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })

/**
 * The transaction that wrote the row last. With `pg_visible_in_snapshot` it tells exactly which
 * rows became visible since an earlier snapshot, in whatever order transactions committed.
 */
export function writtenBy(name: string) {
  return xid8(name)
    .notNull()
    .default(sql`pg_current_xact_id()`)
}

/**
 * Answers to idempotent creates, kept for a day. `owner` is the session's subject, so that keys of
 * two visitors stay apart.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    owner: text('owner').notNull(),
    key: text('key').notNull(),
    bodyHash: char('body_hash', { length: 64 }).notNull(),
    /** The id of what the request made; a repeated reply is built from it. */
    resultId: uuid('result_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.owner, table.key] }),
    index('idempotency_keys_created').on(table.createdAt),
  ],
)
