import { createHash } from 'node:crypto'
import type { Context } from '../base/context.ts'
import { transact } from '../base/db/database.ts'
import { fail } from '../base/problem.ts'
import { cleanImage, type ImageShape, imageTurns } from './image.ts'
import { fileStore } from './file-store.ts'
import {
  deleteFile,
  type FileAccess,
  insertFile,
  isStored,
  lockBytes,
  type StoredFile,
} from './store.ts'
import { holdVisitor } from '../base/http/session/visitors.ts'

export interface ImageToKeep {
  corpId: string
  /** Without its ending: the content decides that. */
  name: string
  bytes: Uint8Array
  access: FileAccess
  ownerIdentityId: string | null
  shape?: ImageShape
}

/**
 * Stores an image, decoded and encoded anew, without EXIF.
 * @throws Problem `file_type_refused`, `image_too_large`, `storage_full`, `unauthenticated`
 */
export async function keepImage(
  ctx: Context,
  { name, bytes, shape, ...of }: ImageToKeep,
): Promise<StoredFile> {
  const image = await cleanImage(ctx.memory.get(imageTurns), bytes, shape)
  if (image === 'file_type_refused')
    fail(image, 'Send a JPEG, PNG or WebP image; what came is none by its content, or is damaged')
  if (image === 'image_too_large') fail(image, 'Send an image of at most 50 megapixels')
  const { data, mediaType, extension, width, height } = image
  return keep(ctx, data, { ...of, mediaType, name: `${name}.${extension}`, width, height })
}

export interface BytesToKeep {
  corpId: string
  name: string
  bytes: Uint8Array
  mediaType: string
}

/** Stores what members publish (a PDF, a film) as it is. The caller has checked its content. */
export async function keepPublished(
  ctx: Context,
  { bytes, ...of }: BytesToKeep,
): Promise<StoredFile> {
  return keep(ctx, bytes, {
    ...of,
    width: null,
    height: null,
    access: 'public',
    ownerIdentityId: null,
  })
}

/** @throws Problem `unauthenticated` when its owner was erased meanwhile */
async function keep(
  ctx: Context,
  data: Uint8Array,
  file: Omit<StoredFile, 'id' | 'createdAt' | 'usedAt' | 'sha256' | 'bytes'>,
): Promise<StoredFile> {
  const hash = createHash('sha256').update(data).digest('hex')
  return transact(ctx.db, async (tx) => {
    if (file.ownerIdentityId !== null) await holdVisitor(ctx, tx, file.ownerIdentityId)
    await lockBytes(tx, hash)
    const stored = {
      id: ctx.random.id(),
      createdAt: ctx.clock.now(),
      usedAt: null,
      ...file,
      ...(await ctx.memory.get(fileStore).put(data)),
    }
    await insertFile(tx, stored)
    return stored
  })
}

/** Returns all bytes of a stored file. */
export async function readKept(ctx: Context, { id, sha256 }: StoredFile): Promise<Buffer> {
  const stream = await ctx.memory.get(fileStore).open(sha256)
  if (!stream) throw new Error(`the bytes of file ${id} are missing under DATA_DIR`)
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/**
 * Deletes a file: its row, and its bytes when no other file shares them. With `onlyUnused` it stays
 * when something names it by now. Returns whether it was deleted.
 */
export async function dropFile(
  ctx: Context,
  { id, sha256 }: Pick<StoredFile, 'id' | 'sha256'>,
  options: { onlyUnused?: boolean } = {},
): Promise<boolean> {
  return transact(ctx.db, async (tx) => {
    await lockBytes(tx, sha256)
    const dropped = await deleteFile(tx, id, options)
    // This runs within the transaction. If the transaction fails later, the row is still there, and
    // the next try deletes it.
    if (dropped && !(await isStored(tx, sha256))) await ctx.memory.get(fileStore).remove(sha256)
    return dropped
  })
}
