import { index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { instant } from '../base/db/tables.ts'

/** Single-use, short-lived values: OAuth states, H5 sign-in tickets. */
export const onceValues = pgTable(
  'once_values',
  {
    kind: text('kind').notNull(),
    value: text('value').notNull(),
    payload: jsonb('payload').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.value] }),
    index('once_values_expires').on(table.expiresAt),
  ],
)
