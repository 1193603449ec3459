import { asc, eq, inArray } from 'drizzle-orm'
import type { Context } from '../base/context.ts'
import { transact } from '../base/db/database.ts'
import { fileUrl } from './address.ts'
import { filesByIds, lockBytes } from './store.ts'
import { fileStore } from './file-store.ts'
import { files } from './tables.ts'

/** Returns the uploads of these identities, with addresses that expire. */
export async function personalPhotos(
  ctx: Context,
  identityIds: readonly string[],
): Promise<object[]> {
  const rows = await ctx.db
    .select({ id: files.id })
    .from(files)
    .where(inArray(files.ownerIdentityId, [...identityIds]))
    .orderBy(asc(files.createdAt), asc(files.id))
  const photos = await filesByIds(
    ctx.db,
    rows.map(({ id }) => id),
  )
  return [...photos.values()].map((photo) => ({ ...photo, url: fileUrl(ctx, photo) }))
}

/**
 * Deletes the uploads of these identities, and bytes that no other file shares. Returns how many
 * files it deleted.
 */
export async function forgetPhotos(ctx: Context, identityIds: readonly string[]): Promise<number> {
  const rows = await ctx.db
    .select({ id: files.id, sha256: files.sha256 })
    .from(files)
    .where(inArray(files.ownerIdentityId, [...identityIds]))
  for (const { id, sha256 } of rows) {
    await transact(ctx.db, async (tx) => {
      await lockBytes(tx, sha256)
      await tx.delete(files).where(eq(files.id, id))
      const others = await tx
        .select({ id: files.id })
        .from(files)
        .where(eq(files.sha256, sha256))
        .limit(1)
      // This runs within the transaction. If the transaction fails later, the row is still there,
      // and the next try deletes it.
      if (others.length === 0) await ctx.memory.get(fileStore).remove(sha256)
    })
  }
  return rows.length
}
