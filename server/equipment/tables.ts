import { pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'

export const equipment = pgTable(
  'equipment',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    sn: text('sn').notNull(),
    model: text('model').notNull(),
    place: text('place'),
  },
  (table) => [uniqueIndex('equipment_sn').on(table.corpId, table.sn)],
)
