import { readFile } from 'node:fs/promises'
import type { Context as KoaContext } from 'koa'
import { mostPhotoBytes, type UploadedFile } from '../../../shared/contract/files.ts'
import type { Context } from '../../base/context.ts'
import type { VisitorSubject } from '../../base/http/session/sessions.ts'
import { makeTurns, type Turns } from '../../base/db/turns.ts'
import { kept } from '../../base/kept.ts'
import { fail } from '../../base/problem.ts'
import { pictureOf } from '../address.ts'
import { fileStore } from '../file-store.ts'
import { keepImage } from '../keep.ts'
import type { StoredFile } from '../store.ts'
import { receiveFile } from './multipart.ts'
import { uploadSlots } from './slots.ts'

/** A photo of 10 MB has so many times the patience with a client to arrive: 85 KB/s by default. */
const patiences = 4
/** How many photos are read back from the disk at once, to be decoded. */
const mostInMemory = 2

/** Whose turn it is to have a photo in memory. */
export const photoTurns = kept<Turns>('turns to hold a photo')

export function openPhotoTurns(): Turns {
  return makeTurns(mostInMemory)
}

/** Stores a visitor's photo. It is private, and unused until a work order names it. */
export async function receivePhoto(
  { session }: { session: VisitorSubject },
  ctx: Context,
  koa: KoaContext,
): Promise<void> {
  const file = await ctx.memory
    .get(uploadSlots)
    .hold(session.identityId, () => storePhoto(ctx, koa, session))
  koa.type = 'application/json; charset=utf-8'
  koa.body = JSON.stringify({
    id: file.id,
    ...pictureOf(ctx, file),
    bytes: file.bytes,
  } satisfies UploadedFile)
}

function storePhoto(
  ctx: Context,
  { req }: KoaContext,
  { corpId, identityId: ownerIdentityId }: VisitorSubject,
): Promise<StoredFile> {
  const { clientPatienceMs } = ctx.config
  return ctx.memory.get(fileStore).withTemporary(async (path) => {
    await receiveFile(req, {
      path,
      most: mostPhotoBytes,
      silentMs: clientPatienceMs,
      wholeMs: patiences * clientPatienceMs,
    })
    return ctx.memory.get(photoTurns)(async () => {
      // Nobody would ever know the id of this photo.
      if (req.socket.destroyed) fail('invalid_request', 'The sender left')
      // The phone's name for the file may reveal something about its owner, and nobody needs it.
      return keepImage(ctx, {
        corpId,
        name: 'photo',
        bytes: await readFile(path),
        access: 'private',
        ownerIdentityId,
      })
    })
  })
}
