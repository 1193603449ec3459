import { index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from '../base/db/tables.ts'
import { materials } from '../materials/tables.ts'

export const shares = pgTable(
  'shares',
  {
    id: uuid('id').primaryKey(),
    corpId: text('corp_id').notNull(),
    materialId: uuid('material_id')
      .notNull()
      .references(() => materials.id),
    /** The rep at the root of the chain, also on forwards. */
    memberUserId: text('member_userid').notNull(),
    /** Where the rep pushed it (`single_chat_tools` …), or `forward`. */
    entry: text('entry').notNull(),
    /**
     * The contact to whom the rep pushed it: an identity of kind external_userid. Null for groups,
     * for pushes from the attachment menu, and for all forwards.
     */
    targetIdentityId: uuid('target_identity_id'),
    targetChatId: text('target_chat_id'),
    parentId: uuid('parent_id'),
    /** How many forwards lie between the rep's push and this share: 0 = the push itself. */
    forwards: integer('forwards').notNull(),
    /** The identity that forwarded it; null for a rep's push. */
    forwarderIdentityId: uuid('forwarder_identity_id'),
    /** created | sent | cancelled | failed */
    state: text('state').notNull(),
    reason: text('reason'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    index('shares_target').on(table.targetIdentityId, table.createdAt, table.id),
    index('shares_material').on(table.materialId),
    index('shares_parent').on(table.parentId),
  ],
)
