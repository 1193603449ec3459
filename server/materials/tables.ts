import { integer, index, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../base/db/tables.ts'

export const categories = pgTable(
  'material_categories',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    name: text('name').notNull(),
    position: integer('position').notNull(),
  },
  (table) => [uniqueIndex('material_categories_name').on(table.corpId, table.name)],
)

export const materials = pgTable(
  'materials',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    kind: text('kind').notNull(),
    title: text('title').notNull(),
    summary: text('summary').notNull(),
    /** Title and summary, one a line, as a search compares them (`folded`). */
    folded: text('folded').notNull().default(''),
    coverFileId: uuid('cover_file_id'),
    categoryId: uuid('category_id').references(() => categories.id),
    /**
     * By kind: article {html}, file {fileId, pageFileIds}, image {fileId}, video {fileId,
     * posterFileId, seconds}, link {url}
     */
    body: jsonb('body').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [index('materials_updated').on(table.corpId, table.updatedAt, table.id)],
)
