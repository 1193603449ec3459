import { and, eq, gt, inArray, lte, or } from 'drizzle-orm'
import type { Context } from '../../base/context.ts'
import { transact, type Transaction } from '../../base/db/database.ts'
import { mentions } from '../../base/db/mentions.ts'
import { askedLately } from '../tables.ts'
import { holdIdentity } from '../visitors.ts'

/**
 * Questions to WeCom whose answer led nowhere. No process asks them again too soon: "Do not query
 * repeatedly" (WW-97108).
 */
export type ConversionKind = 'unionid_conversion' | 'pending_id_conversion'

export async function wasAskedLately(
  ctx: Context,
  kind: ConversionKind,
  value: string,
): Promise<boolean> {
  const rows = await ctx.db
    .select({ value: askedLately.value })
    .from(askedLately)
    .where(
      and(
        eq(askedLately.kind, kind),
        eq(askedLately.value, value),
        gt(askedLately.expiresAt, ctx.clock.now()),
      ),
    )
  return rows.length > 0
}

/**
 * Remembers a question. `of` is the identity that the value names, if any. When it was erased
 * meanwhile, nothing is remembered.
 */
export async function remember(
  ctx: Context,
  kind: ConversionKind,
  { value, result, forMs, of }: { value: string; result: string; forMs: number; of?: string },
): Promise<void> {
  const expiresAt = new Date(ctx.clock.now().getTime() + forMs)
  const row = { identityId: of ?? null, result, expiresAt }
  await transact(ctx.db, async (tx) => {
    if (of !== undefined && !(await holdIdentity(tx, of))) return
    await tx
      .insert(askedLately)
      .values({ kind, value, ...row })
      .onConflictDoUpdate({ target: [askedLately.kind, askedLately.value], set: row })
  })
}

export async function forgetExpired(ctx: Context): Promise<void> {
  await ctx.adHoc.delete(askedLately).where(lte(askedLately.expiresAt, ctx.clock.now()))
}

/** Forgets questions about these identities, and questions that name one of the words. */
export async function forgetQuestions(
  tx: Transaction,
  identityIds: readonly string[],
  words: readonly string[],
): Promise<void> {
  await tx
    .delete(askedLately)
    .where(
      or(inArray(askedLately.identityId, [...identityIds]), mentions(words, askedLately.value)),
    )
}
