import { integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { moment } from '../db/tables.ts'

/** Access tokens and tickets by corp/app + agent + kind. The lease makes the refresh one flight across processes. */
export const platformTokens = pgTable('platform_tokens', {
  /** e.g. `wecom/ww…/1000002/agent_ticket` */
  key: text('key').primaryKey(),
  value: text('value'),
  expiresAt: moment('expires_at'),
  leaseOwner: text('lease_owner'),
  leaseUntil: moment('lease_until'),
})

/** Upstream calls per clock hour, held against the platform's published limits. */
export const platformCalls = pgTable(
  'platform_calls',
  { key: text('key').notNull(), hour: moment('hour').notNull(), calls: integer('calls').notNull() },
  (table) => [primaryKey({ columns: [table.key, table.hour] })],
)
