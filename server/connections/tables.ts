import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../base/db/tables.ts'

/**
 * Access tokens and tickets by corp/app + agent + kind. The lease makes the refresh one flight
 * across processes.
 */
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

/**
 * Pushes of the platforms: verified, decrypted, kept as they came, acknowledged, handled later from
 * here.
 */
export const callbacks = pgTable(
  'callbacks',
  {
    id: uuid('id').primaryKey(),
    /** As in the address: `/callbacks/wecom/:connection`. */
    connection: text('connection').notNull(),
    corpId: text('corp_id').notNull(),
    /** The same push again has the same key. */
    dedupeKey: text('dedupe_key').notNull(),
    /** e.g. `change_external_contact/add_external_contact`, for whoever looks. */
    event: text('event').notNull(),
    /** The decrypted XML. */
    message: text('message').notNull(),
    receivedAt: moment('received_at').notNull(),
    /** waiting | handled | ignored | failed */
    state: text('state').notNull(),
    tries: integer('tries').notNull().default(0),
    nextTryAt: moment('next_try_at').notNull(),
    handledAt: moment('handled_at'),
    error: text('error'),
  },
  (table) => [
    uniqueIndex('callbacks_once').on(table.connection, table.dedupeKey),
    index('callbacks_waiting')
      .on(table.nextTryAt)
      .where(sql`state = 'waiting'`),
    index('callbacks_received').on(table.receivedAt),
  ],
)
