import type { Context as KoaContext } from 'koa'
import { mostPhotoBytes, type UploadedFile } from '../../shared/contract/files.ts'
import type { Context } from '../base/context.ts'
import { readBytes } from '../base/http/body.ts'
import { fail } from '../base/problem.ts'
import type { VisitorSubject } from '../base/http/session/sessions.ts'
import { pictureOf } from './address.ts'
import { keepImage } from './keep.ts'

/** How many bytes the multipart envelope may add to the photo. */
const envelopeBytes = 16 * 1024

/** Stores a visitor's photo. It is private, and unused until a work order names it. */
export async function receivePhoto(
  { session }: { session: VisitorSubject },
  ctx: Context,
  koa: KoaContext,
): Promise<void> {
  const photo = await readPhoto(koa)
  const { corpId, identityId: ownerIdentityId } = session
  // The phone's name for the file may reveal something about its owner, and nobody needs it.
  const file = await keepImage(ctx, {
    corpId,
    name: 'photo',
    bytes: photo,
    access: 'private',
    ownerIdentityId,
  })
  koa.type = 'application/json; charset=utf-8'
  koa.body = JSON.stringify({
    id: file.id,
    ...pictureOf(ctx, file),
    bytes: file.bytes,
  } satisfies UploadedFile)
}

async function readPhoto(koa: KoaContext): Promise<Uint8Array> {
  const contentType = koa.get('Content-Type')
  if (!/^multipart\/form-data\s*;/i.test(contentType))
    fail('unsupported_media_type', 'Send the photo as multipart/form-data, in a part named "file"')
  const body = await readBytes(koa.req, mostPhotoBytes + envelopeBytes)
  const form = await new Response(new Uint8Array(body), {
    headers: { 'Content-Type': contentType },
  })
    .formData()
    .catch(() => null)
  if (!form) fail('invalid_request', 'The body is not well-formed multipart/form-data')
  const part = form.get('file')
  if (part === null || typeof part === 'string') {
    fail('invalid_request', 'file: must be a file', {
      errors: [{ field: 'file', message: 'must be a file' }],
    })
  }
  if (part.size > mostPhotoBytes) fail('body_too_large', 'A photo must have at most 10 MB')
  return new Uint8Array(await part.arrayBuffer())
}
