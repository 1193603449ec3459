import { sql } from 'drizzle-orm'
import {
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { instant } from '../base/db/tables.ts'

/** WeCom tenants. Every row in the database belongs to one. */
export const corps = pgTable('corps', {
  /** The id that WeCom gives us, e.g. `ww1a2b3c4d5e6f7a8b`. */
  corpId: text('corp_id').primaryKey(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull(),
})

/** Bound platform accounts: a WeCom app, a mini program or an official account of one corp. */
export const connections = pgTable(
  'connections',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id')
      .notNull()
      .references(() => corps.corpId),
    /** wecom_app | miniprogram | official_account */
    kind: text('kind').notNull(),
    /** The platform's name for it: the AgentId of an app, otherwise the AppId. */
    platformId: text('platform_id').notNull(),
    /** By kind, see settings.ts. Contains no secret. */
    settings: jsonb('settings').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('connections_account').on(table.corpId, table.kind, table.platformId),
    // An AgentId is unique within a corp; an AppId is unique in all of WeChat.
    uniqueIndex('connections_app_id')
      .on(table.platformId)
      .where(sql`kind <> 'wecom_app'`),
  ],
)

/** The secrets of a connection, encrypted (secrets/vault.ts). */
export const connectionSecrets = pgTable(
  'connection_secrets',
  {
    connectionId: uuid('connection_id')
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    /** secret | callback_token | callback_aes_key */
    name: text('name').notNull(),
    value: text('value').notNull(),
    setAt: instant('set_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.connectionId, table.name] })],
)

/** The keys that encrypt secrets. The installation's own key wraps each of them. */
export const secretKeys = pgTable('secret_keys', {
  id: text('id').primaryKey(),
  wrapped: text('wrapped').notNull(),
  /** Distinguishes a wrong installation key from a damaged row. */
  proof: text('proof').notNull(),
  createdAt: instant('created_at').notNull(),
})

/**
 * Access tokens and tickets by corp/app + agent + kind. With the lease only one process refreshes a
 * token at a time.
 */
export const platformTokens = pgTable('platform_tokens', {
  /** e.g. `wecom/ww…/1000002/agent_ticket` */
  key: text('key').primaryKey(),
  /** Encrypted (secrets/vault.ts). */
  value: text('value'),
  expiresAt: instant('expires_at'),
  leaseOwner: text('lease_owner'),
  leaseUntil: instant('lease_until'),
})

/** Calls per clock hour, compared with the platform's published limits. */
export const platformCalls = pgTable(
  'platform_calls',
  {
    key: text('key').notNull(),
    hour: instant('hour').notNull(),
    calls: integer('calls').notNull(),
  },
  (table) => [primaryKey({ columns: [table.key, table.hour] })],
)

/**
 * Pushes of the platforms. They are verified, decrypted, stored as they came, and acknowledged. A
 * job handles them later.
 */
export const callbacks = pgTable(
  'callbacks',
  {
    id: uuid('id').primaryKey(),
    /** wecom | wechat */
    platform: text('platform').notNull().default('wecom'),
    /** The connection's id. */
    connection: text('connection').notNull(),
    corpId: text('corp_id').notNull(),
    /** Equal for repeats of the same push. */
    dedupeKey: text('dedupe_key').notNull(),
    /** e.g. `change_external_contact/add_external_contact`, for operators. */
    event: text('event').notNull(),
    /** The decrypted XML. */
    message: text('message').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** waiting | handled | ignored | failed */
    state: text('state').notNull(),
    tries: integer('tries').notNull().default(0),
    nextTryAt: instant('next_try_at').notNull(),
    handledAt: instant('handled_at'),
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
