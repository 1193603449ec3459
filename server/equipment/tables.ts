import { pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

export const equipment = pgTable(
  'equipment',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    /** As on the label. */
    sn: text('sn').notNull(),
    /** As serial numbers are compared (`foldedCode`). */
    foldedSn: text('folded_sn').notNull(),
    model: text('model').notNull(),
    place: text('place'),
  },
  (table) => [uniqueIndex('equipment_folded_sn').on(table.corpId, table.foldedSn)],
)
