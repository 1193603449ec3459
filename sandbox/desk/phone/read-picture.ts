/** A camera's picture is not needed at its full size to find a code in it. */
const mostPixels = 1600

/**
 * What the QR code in a picture says; null when there is none. The decoder is fetched when it is
 * first needed.
 */
export async function readPicture(file: Blob): Promise<string | null> {
  const picture = await createImageBitmap(file).catch(() => null)
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!picture || !context) return null
  const scale = Math.min(1, mostPixels / Math.max(picture.width, picture.height))
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  // Transparent pictures are meant to lie on white.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  const { default: decode } = await import('jsqr')
  return decode(data, canvas.width, canvas.height)?.data || null
}
