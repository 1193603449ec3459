import jsQR from 'jsqr'
import sharp from 'sharp'

/** What a scanner reads in a picture of a code; throws when there is none. */
export async function readCode(picture: Buffer): Promise<string> {
  const { data, info } = await sharp(picture)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const code = jsQR(new Uint8ClampedArray(data), info.width, info.height)
  if (!code) throw new Error('there is no code in the picture')
  return code.data
}
