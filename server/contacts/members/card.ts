import { and, eq } from 'drizzle-orm'
import type { RepCard } from '../../../shared/contract/materials.ts'
import type { Context } from '../../base/context.ts'
import type { Queryable } from '../../base/db/database.ts'
import { wecomOf } from '../../connections/index.ts'
import { memberName, type MemberOf } from './names.ts'
import { memberRows } from '../store.ts'
import { memberCards } from '../tables.ts'

/** The `state` of these codes: WeCom's events and lists then tell where somebody came from. */
const cardState = 'chatside-card'

/** Returns what readers see of a member. It never throws because of WeCom. */
export async function cardOf(ctx: Context, of: MemberOf): Promise<RepCard> {
  // First: this may refresh the row.
  const name = await memberName(ctx, of)
  const [rows, card] = await Promise.all([
    memberRows(ctx.db, of.corpId, [of.userId]),
    cardRow(ctx.db, of),
  ])
  const member = rows.get(of.userId)
  return {
    name,
    title: member?.title ?? null,
    avatarUrl: member?.avatarUrl ?? null,
    phone: card?.phone ?? null,
    addCodeUrl: card?.addable ? card.addCodeUrl : null,
  }
}

/**
 * Stores the member's own choice. The code is made by WeCom once, and kept.
 * @throws PlatformError when WeCom refuses the code; then nothing is changed
 */
export async function chooseCard(
  ctx: Context,
  of: MemberOf,
  { phone, addable }: { phone: string | null; addable: boolean },
): Promise<void> {
  const known = (await cardRow(ctx.db, of))?.addCodeUrl ?? null
  const addCodeUrl =
    addable && known === null
      ? await wecomOf(ctx, of.corpId).addContactWay({ userId: of.userId, state: cardState })
      : known
  await ctx.db
    .insert(memberCards)
    .values({ ...of, phone, addable, addCodeUrl })
    .onConflictDoUpdate({
      target: [memberCards.corpId, memberCards.userId],
      set: { phone, addable, addCodeUrl },
    })
}

async function cardRow(
  q: Queryable,
  { corpId, userId }: MemberOf,
): Promise<typeof memberCards.$inferSelect | undefined> {
  const [row] = await q
    .select()
    .from(memberCards)
    .where(and(eq(memberCards.corpId, corpId), eq(memberCards.userId, userId)))
  return row
}
