import { and, asc, eq, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm'
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
  /** When something first named it; null for a visitor's photo that nothing names. */
  usedAt: Date | null
}

export async function insertFile(q: Queryable, file: Omit<StoredFile, 'usedAt'>): Promise<void> {
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

/**
 * Notes that something names these files, so that they stay. Returns which of them exist; none of
 * these is deleted before the transaction ends.
 */
export async function markUsed(
  tx: Transaction,
  ids: readonly string[],
  at: Date,
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .update(files)
    .set({ usedAt: sql`coalesce(${files.usedAt}, ${at.toISOString()}::timestamptz)` })
    .where(inArray(files.id, [...ids]))
    .returning({ id: files.id })
  return new Set(rows.map(({ id }) => id))
}

/** Returns some visitors' photos from before that time that nothing names, oldest first. */
export async function unusedBefore(
  q: Queryable,
  before: Date,
  atMost: number,
): Promise<{ id: string; sha256: string }[]> {
  return q
    .select({ id: files.id, sha256: files.sha256 })
    .from(files)
    .where(and(isNull(files.usedAt), isNotNull(files.ownerIdentityId), lt(files.createdAt, before)))
    .orderBy(asc(files.createdAt))
    .limit(atMost)
}

/** Removes the row, or only while nothing names the file. Returns whether it did. */
export async function deleteFile(
  tx: Transaction,
  id: string,
  { onlyUnused = false } = {},
): Promise<boolean> {
  const { rowCount } = await tx
    .delete(files)
    .where(and(eq(files.id, id), onlyUnused ? isNull(files.usedAt) : undefined))
  return (rowCount ?? 0) > 0
}

/** Whether any file has these bytes. */
export async function isStored(tx: Transaction, sha256: string): Promise<boolean> {
  const rows = await tx
    .select({ id: files.id })
    .from(files)
    .where(eq(files.sha256, sha256))
    .limit(1)
  return rows.length > 0
}
