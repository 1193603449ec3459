import { fileTypeFromBuffer } from 'file-type'
import sharp from 'sharp'
import { makeTurns, type Turns } from '../base/db/turns.ts'
import { kept } from '../base/kept.ts'

/** Larger images are refused before they are decoded: 50 megapixels are 200 MB of memory. */
export const mostPixels = 50_000_000

/**
 * The longest side of a stored picture. A photo of a leaking valve needs no more, and a phone on 4G
 * loads it.
 */
const longestSide = 2560

/** Cards in WeCom and WeChat show 5:4, and not every client of theirs knows WebP. */
export const coverSize = { width: 800, height: 640 }

/** `as it is`, or cut to a cover from the top, where a page or poster has its title. */
export type ImageShape = 'as it is' | 'cover'

export interface CleanImage {
  data: Buffer
  mediaType: 'image/jpeg' | 'image/png' | 'image/webp'
  extension: 'jpg' | 'png' | 'webp'
  width: number
  height: number
}

export type ImageRefusal = 'file_type_refused' | 'image_too_large'

const formats = {
  'image/jpeg': { format: 'jpeg', extension: 'jpg' },
  'image/png': { format: 'png', extension: 'png' },
  'image/webp': { format: 'webp', extension: 'webp' },
} as const

/**
 * Decodes the picture and encodes it anew: upright, in sRGB, without EXIF and without hidden
 * content. EXIF of a phone's photo holds the place where it was taken. Returns a reason instead
 * when the content is no JPEG, PNG or WebP, or is too large.
 */
export async function cleanImage(
  inTurn: Turns,
  bytes: Uint8Array,
  shape: ImageShape = 'as it is',
): Promise<CleanImage | ImageRefusal> {
  const type = await fileTypeFromBuffer(bytes)
  if (!isAccepted(type?.mime)) return 'file_type_refused'
  const { format } = formats[type.mime]

  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => null)
  if (header?.format !== format) return 'file_type_refused'
  if (header.width * header.height > mostPixels) return 'image_too_large'

  const mediaType = shape === 'cover' ? 'image/jpeg' : type.mime
  // libvips reports truncated or damaged files while it decodes.
  const encoded = await inTurn(() => encode(bytes, mediaType, shape)).catch(() => null)
  if (!encoded) return 'file_type_refused'
  return {
    data: encoded.data,
    mediaType,
    extension: formats[mediaType].extension,
    width: encoded.info.width,
    height: encoded.info.height,
  }

  function isAccepted(mime: string | undefined): mime is keyof typeof formats {
    return mime !== undefined && mime in formats
  }
}

/**
 * How many images are decoded at once. A 50-megapixel image takes up to 200 MB meanwhile, so a
 * burst of uploads must wait.
 */
const mostAtOnce = 2

/** Whose turn it is to decode an image. */
export const imageTurns = kept<Turns>('turns to decode an image')

export function openImageTurns(): Turns {
  return makeTurns(mostAtOnce)
}

function encode(bytes: Uint8Array, mediaType: keyof typeof formats, shape: ImageShape) {
  const upright = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'warning' }).autoOrient()
  const sized =
    shape === 'cover'
      ? upright
          .resize({ ...coverSize, fit: 'cover', position: 'top' })
          .flatten({ background: '#fff' })
      : upright.resize({
          width: longestSide,
          height: longestSide,
          fit: 'inside',
          withoutEnlargement: true,
        })
  const { format } = formats[mediaType]
  return sized
    .toFormat(format, format === 'png' ? { compressionLevel: 8 } : { quality: 82 })
    .toBuffer({ resolveWithObject: true })
}
