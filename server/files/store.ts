import { inArray, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../base/db/database.ts'
import { files } from './tables.ts'

/** `public`: anybody with the address; `private`: by an address that is signed and expires. */
export type FileAccess = 'public' | 'private'

export interface StoredFile {
  id: string
  corpId: string
  sha256: string
  mediaType: string
  /** What the reader's copy is called. */
  name: string
  bytes: number
  /** Pixels; null for what is no image. */
  width: number | null
  height: number | null
  access: FileAccess
  /** The identity that uploaded it; null for the corp's own. */
  ownerIdentityId: string | null
  createdAt: Date
}

export async function insertFile(q: Queryable, file: StoredFile): Promise<void> {
  await q.insert(files).values(file)
}

/**
 * Until the transaction ends nobody else keeps or removes these bytes: between the bytes on the
 * disk and the row that names them they would seem unused.
 */
export async function lockBytes(tx: Transaction, sha256: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`file/${sha256}`}, 0))`)
}

export async function fileById(q: Queryable, id: string): Promise<StoredFile | undefined> {
  return (await filesByIds(q, [id])).get(id)
}

/** Those that exist, by id. */
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
