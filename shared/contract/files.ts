import * as v from 'valibot'
import { endpoint } from './endpoint.ts'
import { Id } from './values.ts'

export const UploadedFile = v.object({
  id: Id,
  url: v.string(),
  width: v.number(),
  height: v.number(),
  bytes: v.number(),
})
export type UploadedFile = v.InferOutput<typeof UploadedFile>

export const mostPhotoBytes = 10 * 1024 * 1024

/**
 * `multipart/form-data` with one part named `file`: JPEG, PNG or WebP by content (not by name), at
 * most 10 MB and 50 megapixels. Stored re-encoded, without EXIF, with at most 20 megapixels and a
 * short side of at most 1920.
 */
export const uploadPhoto = endpoint({
  method: 'POST',
  path: '/api/files',
  auth: 'visitor',
  summary: 'Upload one photo for a work order',
  kind: 'upload',
  reply: UploadedFile,
  errors: ['file_type_refused', 'image_too_large', 'storage_full'],
})
