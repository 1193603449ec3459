import { and, eq, gt, inArray, lte } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { onceValues } from '../db/tables.ts'

/** Answers of WeCom that led nowhere, so that no process asks again too soon: "do not query repeatedly" (WW-97108). */
const kinds = ['unionid_conversion', 'pending_id_conversion'] as const
export type ConversionKind = (typeof kinds)[number]

export async function wasAskedLately(ctx: Context, kind: ConversionKind, value: string): Promise<boolean> {
  const rows = await ctx.db
    .select({ value: onceValues.value })
    .from(onceValues)
    .where(and(eq(onceValues.kind, kind), eq(onceValues.value, value), gt(onceValues.expiresAt, ctx.clock.now())))
  return rows.length > 0
}

export async function remember(ctx: Context, kind: ConversionKind, value: string, result: string, forMs: number): Promise<void> {
  const row = { payload: { result }, expiresAt: new Date(ctx.clock.now().getTime() + forMs) }
  await ctx.db
    .insert(onceValues)
    .values({ kind, value, ...row })
    .onConflictDoUpdate({ target: [onceValues.kind, onceValues.value], set: row })
}

export async function forgetExpired(ctx: Context): Promise<void> {
  await ctx.db.delete(onceValues).where(and(inArray(onceValues.kind, [...kinds]), lte(onceValues.expiresAt, ctx.clock.now())))
}
