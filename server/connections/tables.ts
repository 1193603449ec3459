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

/** WeCom tenants. Everything in the database is keyed by one. */
export const corps = pgTable('corps', {
  /** As WeCom gives it to us, e.g. `ww1a2b3c4d5e6f7a8b`. */
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
    /** What the platform calls it: the AgentId of an app, else the AppId. */
    platformId: text('platform_id').notNull(),
    /** By kind, see settings.ts. Nothing secret. */
    settings: jsonb('settings').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('connections_account').on(table.corpId, table.kind, table.platformId),
    // An AgentId is a corp's own number; an AppId is one account in all of WeChat.
    uniqueIndex('connections_app_id')
      .on(table.platformId)
      .where(sql`kind <> 'wecom_app'`),
  ],
)

/** What a connection knows and tells nobody, encrypted (secrets/vault.ts). */
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

/** The keys that encrypt secrets, each wrapped by the installation's own key. */
export const secretKeys = pgTable('secret_keys', {
  id: text('id').primaryKey(),
  wrapped: text('wrapped').notNull(),
  /** Tells a wrong installation key from a damaged row. */
  proof: text('proof').notNull(),
  createdAt: instant('created_at').notNull(),
})

/**
 * Access tokens and tickets by corp/app + agent + kind. The lease makes the refresh one flight
 * across processes.
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

/** Upstream calls per clock hour, held against the platform's published limits. */
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
 * Pushes of the platforms: verified, decrypted, kept as they came, acknowledged, handled later from
 * here.
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
    /** The same push again has the same key. */
    dedupeKey: text('dedupe_key').notNull(),
    /** e.g. `change_external_contact/add_external_contact`, for whoever looks. */
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
