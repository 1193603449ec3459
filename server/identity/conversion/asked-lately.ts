import { and, eq, gt, inArray, lte } from 'drizzle-orm'
import type { Context } from '../../base/context.ts'
import { transact } from '../../base/db/database.ts'
import { onceValues } from '../../base/db/tables.ts'
import { holdIdentity } from '../personal.ts'

/**
 * Answers of WeCom that led nowhere, so that no process asks again too soon: "do not query
 * repeatedly" (WW-97108).
 */
const kinds = ['unionid_conversion', 'pending_id_conversion'] as const
export type ConversionKind = (typeof kinds)[number]

export async function wasAskedLately(
  ctx: Context,
  kind: ConversionKind,
  value: string,
): Promise<boolean> {
  const rows = await ctx.db
    .select({ value: onceValues.value })
    .from(onceValues)
    .where(
      and(
        eq(onceValues.kind, kind),
        eq(onceValues.value, value),
        gt(onceValues.expiresAt, ctx.clock.now()),
      ),
    )
  return rows.length > 0
}

/**
 * `of`: the identity that the value names, if any; of somebody who was erased meanwhile nothing is
 * remembered.
 */
export async function remember(
  ctx: Context,
  kind: ConversionKind,
  { value, result, forMs, of }: { value: string; result: string; forMs: number; of?: string },
): Promise<void> {
  const row = { payload: { result }, expiresAt: new Date(ctx.clock.now().getTime() + forMs) }
  await transact(ctx.db, async (tx) => {
    if (of !== undefined && !(await holdIdentity(tx, of))) return
    await tx
      .insert(onceValues)
      .values({ kind, value, ...row })
      .onConflictDoUpdate({ target: [onceValues.kind, onceValues.value], set: row })
  })
}

export async function forgetExpired(ctx: Context): Promise<void> {
  await ctx.db
    .delete(onceValues)
    .where(and(inArray(onceValues.kind, [...kinds]), lte(onceValues.expiresAt, ctx.clock.now())))
}
