import { fileTypeFromBuffer } from 'file-type'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { makeTurns, type Turns } from '../base/db/turns.ts'
import { kept } from '../base/kept.ts'

/** Larger images are refused before they are decoded: 50 megapixels are 200 MB of memory. */
export const mostPixels = 50_000_000

/**
 * Of a stored picture. The longest side has no limit of its own: a screenshot of 1080 × 12,000
 * pixels is read at its width. The pixels have one, because a phone holds four bytes for each.
 */
const stored = { shortSide: 1920, pixels: 20_000_000 }

/** A PNG with more bytes is stored as WebP, or as JPEG where WebP ends. */
const mostPngBytes = 2 * 1024 * 1024

/** The longest side that WebP can hold. */
const longestWebp = 16_383

/** Cards in WeCom and WeChat show 5:4, and not every client of theirs knows WebP. */
export const coverSize = { width: 800, height: 640 }

/**
 * `as it is`; `cover`: cut from the top, where a page or poster has its title; `page`: of a
 * document, whose short side has no limit, because a large sheet has small text.
 */
export type ImageShape = 'as it is' | 'cover' | 'page'

export interface CleanImage {
  data: Buffer
  mediaType: 'image/jpeg' | 'image/png' | 'image/webp'
  extension: 'jpg' | 'png' | 'webp'
  width: number
  height: number
}

export type ImageRefusal = 'file_type_refused' | 'image_too_large'

const formats = {
  jpeg: { mediaType: 'image/jpeg', extension: 'jpg', options: { quality: 82 } },
  png: { mediaType: 'image/png', extension: 'png', options: { compressionLevel: 8 } },
  webp: { mediaType: 'image/webp', extension: 'webp', options: { quality: 82 } },
} as const
type Format = keyof typeof formats

/** By the content. An animated PNG is stored as its first picture. */
const accepted: Partial<Record<string, Format>> = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/apng': 'png',
  'image/webp': 'webp',
}

/**
 * Decodes the picture and encodes it anew: upright, in sRGB, without EXIF and without hidden
 * content. EXIF of a phone's photo holds the place where it was taken. Returns a reason instead
 * when the content is no JPEG, PNG or WebP, is only a part of one, or is too large.
 */
export async function cleanImage(
  inTurn: Turns,
  bytes: Uint8Array,
  shape: ImageShape = 'as it is',
): Promise<CleanImage | ImageRefusal> {
  const type = await fileTypeFromBuffer(bytes)
  const format = accepted[type?.mime ?? '']
  if (!format) return 'file_type_refused'
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'none' })
    .metadata()
    .catch(() => null)
  if (header?.format !== format) return 'file_type_refused'
  if (header.width * header.height > mostPixels) return 'image_too_large'

  return inTurn(async () => {
    const source = await whole(bytes, format)
    return source ? encode(source, header, format, shape) : 'file_type_refused'
  }).catch(() => 'file_type_refused' as const)
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

/**
 * Returns the bytes to decode, or null when they hold only a part of a picture.
 *
 * A decoder's warning is no damage: common phones write scan headers, markers and profiles that
 * libjpeg warns of. One warning means that picture data are missing, whatever follows them.
 */
async function whole(given: Uint8Array, format: Format): Promise<Uint8Array | null> {
  if (format !== 'jpeg') return given
  const bytes = withoutPadding(given)
  const warning = await warningOf(bytes)
  if (warning === null) return bytes
  if (warning.includes('premature end of JPEG image')) {
    // The end marker alone may be missing. With a marker, the decoder tells whether data are too.
    const ended = Buffer.concat([bytes, endOfJpeg])
    return (await warningOf(ended)) === null ? ended : null
  }
  return warning.includes('premature end of data segment') ? null : bytes
}

const endOfJpeg = Buffer.from([0xff, 0xd9])

/** An interrupted transfer may leave zeros for the rest, which decode as a grey half. */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return bytes.subarray(0, end)
}

/**
 * Returns the decoder's first warning or error, or null when it has none. Reads all data, but at an
 * eighth of the size.
 */
async function warningOf(bytes: Uint8Array): Promise<string | null> {
  return sharp(bytes, { limitInputPixels: mostPixels, failOn: 'warning' })
    .resize({ width: 8, height: 8, fit: 'fill' })
    .raw()
    .toBuffer()
    .then(
      () => null,
      (cause: unknown) => String(cause),
    )
}

async function encode(
  bytes: Uint8Array,
  header: Metadata,
  format: Format,
  shape: ImageShape,
): Promise<CleanImage> {
  // `error` fails for missing and for undecodable data, not for warnings.
  const upright = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' }).autoOrient()
  if (shape === 'cover') {
    const cover = upright.resize({ ...coverSize, fit: 'cover', position: 'top' })
    return write(cover.flatten({ background: '#fff' }), 'jpeg')
  }
  const size = storedSize(header.autoOrient, shape === 'page' ? Infinity : stored.shortSide)
  const sized = upright.resize({ ...size, fit: 'fill' })
  if (format !== 'png') return write(sized, format)
  const png = bytes.length > mostPngBytes ? null : await write(sized.clone(), 'png')
  if (png && png.data.length <= mostPngBytes) return png
  if (Math.max(size.width, size.height) <= longestWebp) return write(sized, 'webp')
  const { isOpaque } = await upright.clone().stats()
  return isOpaque ? write(sized, 'jpeg') : (png ?? write(sized, 'png'))
}

/** Returns the size in which a picture is stored: never larger than it came. */
function storedSize(
  { width, height }: { width: number; height: number },
  shortSide: number,
): { width: number; height: number } {
  const scale = Math.min(
    1,
    shortSide / Math.min(width, height),
    Math.sqrt(stored.pixels / (width * height)),
  )
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  }
}

async function write(picture: Sharp, format: Format): Promise<CleanImage> {
  const { options, ...of } = formats[format]
  const { data, info } = await picture
    .toFormat(format, options)
    .toBuffer({ resolveWithObject: true })
  return { data, ...of, width: info.width, height: info.height }
}
