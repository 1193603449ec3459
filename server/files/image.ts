import { fileTypeFromBuffer } from 'file-type'
import sharp from 'sharp'

/** Above this an image is refused before it is decoded: 50 megapixels are 200 MB of memory. */
export const mostPixels = 50_000_000

/** The longest side of what is stored. A photo of a leaking valve needs no more, and a phone on 4G loads it. */
const longestSide = 2560

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
 * The picture itself, decoded and encoded anew: upright, in sRGB, without EXIF (a phone's photo carries the place where it was taken) and without
 * anything that was hidden behind or inside it. Says why when it is not a JPEG, PNG or WebP by its content, or is too large.
 */
export async function cleanImage(bytes: Uint8Array): Promise<CleanImage | ImageRefusal> {
  const type = await fileTypeFromBuffer(bytes)
  if (!isAccepted(type?.mime)) return 'file_type_refused'
  const { format, extension } = formats[type.mime]

  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => null)
  if (header?.format !== format) return 'file_type_refused'
  if (header.width * header.height > mostPixels) return 'image_too_large'

  const decoded = await oneOfFew(() => decode(bytes, format)).catch(() => null) // truncated or damaged: libvips says so while it decodes
  return decoded
    ? { data: decoded.data, mediaType: type.mime, extension, width: decoded.info.width, height: decoded.info.height }
    : 'file_type_refused'

  function isAccepted(mime: string | undefined): mime is keyof typeof formats {
    return mime !== undefined && mime in formats
  }
}

const mostAtOnce = 2
let atOnce = 0
const waiting: (() => void)[] = []

/** A 50-megapixel image takes up to 200 MB while it is decoded: a burst of uploads must wait its turn. */
async function oneOfFew<T>(work: () => Promise<T>): Promise<T> {
  if (atOnce >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  else atOnce += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else atOnce -= 1
  }
}

function decode(bytes: Uint8Array, format: 'jpeg' | 'png' | 'webp') {
  const upright = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'warning' })
    .autoOrient()
    .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
  return upright.toFormat(format, format === 'png' ? { compressionLevel: 8 } : { quality: 82 }).toBuffer({ resolveWithObject: true })
}
