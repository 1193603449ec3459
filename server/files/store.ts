import { inArray, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { files } from './tables.ts'

/** `public`: anybody with the address may open it. `private`: the address is signed and expires. */
export type FileAccess = 'public' | 'private'

export interface StoredFile {
  id: string
  corpId: string
  sha256: string
  mediaType: string
  /** The name of the reader's copy. */
  name: string
  bytes: number
  /** In pixels; null for a file that is no image. */
  width: number | null
  height: number | null
  access: FileAccess
  /** The identity that uploaded it; null for files of the corp. */
  ownerIdentityId: string | null
  createdAt: Date
}

export async function insertFile(q: Queryable, file: StoredFile): Promise<void> {
  await q.insert(files).values(file)
}

/**
 * Keeps other transactions from storing or removing these bytes until this one ends. Bytes without
 * a row look unused while the row is not written yet.
 */
export async function lockBytes(tx: Transaction, sha256: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`file/${sha256}`}, 0))`)
}

export async function fileById(q: Queryable, id: string): Promise<StoredFile | undefined> {
  return (await filesByIds(q, [id])).get(id)
}

/** Returns the existing files, by id. */
export async function filesByIds(
  q: Queryable,
  ids: readonly string[],
): Promise<Map<string, StoredFile>> {
  if (ids.length === 0) return new Map()
  const rows = await q
    .select()
    .from(files)
    .where(inArray(files.id, [...ids]))
  return new Map(
    rows.map((row) => [row.id, { ...row, access: row.access === 'public' ? 'public' : 'private' }]),
  )
}
