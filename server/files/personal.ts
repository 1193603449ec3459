import { asc, inArray } from 'drizzle-orm'
import type { Context } from '../base/context.ts'
import { fileUrl } from './address.ts'
import { dropFile } from './keep.ts'
import { filesByIds } from './store.ts'
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
  for (const row of rows) await dropFile(ctx, row)
  return rows.length
}
