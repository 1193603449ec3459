import { and, eq, gt, lt, sql } from 'drizzle-orm'
import type { Context } from '../base/context.ts'
import type { Transaction } from '../base/db/database.ts'
import { mentions } from '../base/db/mentions.ts'
import { onceValues } from './tables.ts'

export type OnceKind = 'wecom_state' | 'wechat_state' | 'h5_ticket'

/**
 * Stores `payload` under a new secret value that can be taken once. The value has only letters and
 * digits, as an OAuth state must (WW-91022).
 */
export async function keepOnce(
  ctx: Context,
  kind: OnceKind,
  payload: object,
  seconds: number,
): Promise<string> {
  const now = ctx.clock.now()
  const value = Buffer.from(ctx.random.token(24), 'base64url').toString('hex')
  await ctx.db
    .insert(onceValues)
    .values({ kind, value, payload, expiresAt: new Date(now.getTime() + seconds * 1000) })
  await ctx.db
    .delete(onceValues)
    .where(and(eq(onceValues.kind, kind), lt(onceValues.expiresAt, now)))
  return value
}

/** Returns the payload and leaves it; null when it is unknown or has expired. */
export async function readOnce(ctx: Context, kind: OnceKind, value: string): Promise<unknown> {
  const [row] = await ctx.db
    .select({ payload: onceValues.payload })
    .from(onceValues)
    .where(
      and(
        eq(onceValues.kind, kind),
        eq(onceValues.value, value),
        gt(onceValues.expiresAt, ctx.clock.now()),
      ),
    )
  return row?.payload ?? null
}

/** Marks the payload as taken. Returns false when somebody has taken it before. */
export async function claimOnce(ctx: Context, kind: OnceKind, value: string): Promise<boolean> {
  const { rowCount } = await ctx.db
    .update(onceValues)
    .set({ payload: sql`${onceValues.payload} || '{"taken": true}'` })
    .where(
      and(
        eq(onceValues.kind, kind),
        eq(onceValues.value, value),
        sql`not jsonb_exists(${onceValues.payload}, 'taken')`,
      ),
    )
  return (rowCount ?? 0) > 0
}

/** Notes what a taken value led to. */
export async function settleOnce(
  ctx: Context,
  kind: OnceKind,
  value: string,
  outcome: object,
): Promise<void> {
  await ctx.db
    .update(onceValues)
    .set({ payload: sql`${onceValues.payload} || ${JSON.stringify({ outcome })}::jsonb` })
    .where(and(eq(onceValues.kind, kind), eq(onceValues.value, value)))
}

/**
 * Returns the payload and deletes it. Returns null when it is unknown, was taken or has expired.
 */
export async function takeOnce(ctx: Context, kind: OnceKind, value: string): Promise<unknown> {
  const [row] = await ctx.db
    .delete(onceValues)
    .where(
      and(
        eq(onceValues.kind, kind),
        eq(onceValues.value, value),
        gt(onceValues.expiresAt, ctx.clock.now()),
      ),
    )
    .returning({ payload: onceValues.payload })
  return row?.payload ?? null
}

/** Deletes values whose payload names one of these words. They live for minutes only. */
export async function forgetOnce(tx: Transaction, words: readonly string[]): Promise<void> {
  if (words.length > 0) await tx.delete(onceValues).where(mentions(words, onceValues.payload))
}
