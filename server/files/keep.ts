import type { Context } from '../context.ts'
import { fail } from '../http/problem.ts'
import type { FileAccess } from './address.ts'
import { cleanImage } from './image.ts'
import { insertFile, type StoredFile } from './store.ts'

export interface ImageToKeep {
  corpId: string
  /** Without its ending: that is given by the content. */
  name: string
  bytes: Uint8Array
  access: FileAccess
  ownerIdentityId: string | null
}

/**
 * Keeps an image, decoded and encoded anew, without EXIF.
 * @throws Problem `file_type_refused`, `image_too_large`
 */
export async function keepImage(ctx: Context, { name, bytes, ...of }: ImageToKeep): Promise<StoredFile> {
  const image = await cleanImage(bytes)
  if (image === 'file_type_refused') fail(image, 'Send a JPEG, PNG or WebP image; what came is none by its content, or is damaged')
  if (image === 'image_too_large') fail(image, 'Send an image of at most 50 megapixels')
  const { data, mediaType, extension, width, height } = image
  return keep(ctx, { ...of, ...(await ctx.files.put(data)), mediaType, name: `${name}.${extension}`, width, height })
}

export interface BytesToKeep {
  corpId: string
  name: string
  bytes: Uint8Array
  mediaType: string
}

/** Keeps what members publish (a PDF, a film) as it is. Its content must have been checked. */
export async function keepPublished(ctx: Context, { bytes, ...of }: BytesToKeep): Promise<StoredFile> {
  return keep(ctx, { ...of, ...(await ctx.files.put(bytes)), width: null, height: null, access: 'public', ownerIdentityId: null })
}

async function keep(ctx: Context, file: Omit<StoredFile, 'id' | 'createdAt'>): Promise<StoredFile> {
  const stored = { id: ctx.random.id(), createdAt: ctx.clock.now(), ...file }
  await insertFile(ctx.db, stored)
  return stored
}
