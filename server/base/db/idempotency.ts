import { createHash } from 'node:crypto'
import { and, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { fail } from '../problem.ts'
import type { Queryable, Transaction } from './database.ts'
import { idempotencyKeys } from './tables.ts'

export interface Request {
  /** The subject of the session, so that keys of two callers stay apart. */
  owner: string
  key: string
  /**
   * The parsed request with the name of the endpoint, so that one key cannot serve two endpoints.
   */
  body: unknown
}

/** Keys are good for a day. A weak network is back long before that. */
const lifetimeMs = 24 * 60 * 60 * 1000

/**
 * Returns the id that an earlier request with this key made, or undefined.
 * @throws Problem `idempotency_conflict` when the key was used with another body
 */
export async function madeBefore(
  ctx: Context,
  q: Queryable,
  request: Request,
): Promise<string | undefined> {
  const [row] = await q
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.owner, request.owner), eq(idempotencyKeys.key, request.key)))
  if (!row || row.createdAt.getTime() <= ctx.clock.now().getTime() - lifetimeMs) return undefined
  if (row.bodyHash !== hashOf(request.body))
    fail(
      'idempotency_conflict',
      'This Idempotency-Key was used for another request: make a new one',
    )
  return row.resultId
}

/**
 * Claims the key for `id` within the transaction that makes it. A twin request waits here until the
 * first one has committed. Returns the id that counts: when it differs from `id`, the twin was
 * first, and the caller makes nothing.
 * @throws Problem `idempotency_conflict` when the key was used with another body
 */
export async function claim(
  ctx: Context,
  tx: Transaction,
  request: Request,
  id: string,
): Promise<string> {
  const now = ctx.clock.now()
  const expired = new Date(now.getTime() - lifetimeMs)
  const claimed = await tx
    .insert(idempotencyKeys)
    .values({
      owner: request.owner,
      key: request.key,
      bodyHash: hashOf(request.body),
      resultId: id,
      createdAt: now,
    })
    .onConflictDoUpdate({
      target: [idempotencyKeys.owner, idempotencyKeys.key],
      set: {
        bodyHash: sql`excluded.body_hash`,
        resultId: sql`excluded.result_id`,
        createdAt: sql`excluded.created_at`,
      },
      setWhere: lte(idempotencyKeys.createdAt, expired),
    })
    .returning({ resultId: idempotencyKeys.resultId })
  if (claimed.length === 0) {
    const theirs = await madeBefore(ctx, tx, request)
    if (theirs === undefined) throw new Error('an idempotency key vanished between two statements')
    return theirs
  }
  // Each new key removes a few expired ones. It skips those that another transaction is removing.
  await tx.execute(sql`delete from idempotency_keys where (owner, key) in
    (select owner, key from idempotency_keys
      where created_at < ${expired.toISOString()}::timestamptz limit 5 for update skip locked)`)
  return id
}

/** Deletes the idempotency keys of these callers. */
export async function forgetKeysOf(tx: Transaction, owners: readonly string[]): Promise<void> {
  await tx.delete(idempotencyKeys).where(inArray(idempotencyKeys.owner, [...owners]))
}

/** Returns the same hash for two bodies that differ only in the order of their fields. */
function hashOf(body: unknown): string {
  const canonical = JSON.stringify(body, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(canonical).digest('hex')
}
