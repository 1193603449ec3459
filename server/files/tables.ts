import { sql } from 'drizzle-orm'
import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../base/db/tables.ts'

/**
 * Files that lie under DATA_DIR/files/<sha256>. `access`: `public` (materials) or `private`
 * (photos: signed addresses only).
 */
export const files = pgTable(
  'files',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    sha256: text('sha256').notNull(),
    mediaType: text('media_type').notNull(),
    name: text('name').notNull(),
    bytes: integer('bytes').notNull(),
    width: integer('width'),
    height: integer('height'),
    access: text('access').notNull(),
    /** The identity that uploaded it; null for files of the corp. */
    ownerIdentityId: uuid('owner_identity_id'),
    createdAt: instant('created_at').notNull(),
    /** When something first named a visitor's photo. Until then it is deleted in time. */
    usedAt: instant('used_at'),
  },
  (table) => [
    index('files_sha256').on(table.corpId, table.sha256),
    index('files_unused')
      .on(table.createdAt)
      .where(sql`used_at is null and owner_identity_id is not null`),
  ],
)
