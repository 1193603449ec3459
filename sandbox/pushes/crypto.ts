import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** WW-91144: messages are padded to 32 bytes, twice the cipher's own block. */
const block = 32

/** random(16) ‖ length(4, network order) ‖ message ‖ receiveid, AES-256-CBC, in base64. */
export function encrypt(
  aesKey: string,
  receiveId: string,
  message: string,
  random: Buffer = randomBytes(16),
): string {
  const bytes = Buffer.from(message)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  const plain = Buffer.concat([random, length, bytes, Buffer.from(receiveId)])
  const pad = block - (plain.length % block)
  const { key, iv } = keyOf(aesKey)
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(pad, pad)])),
    cipher.final(),
  ]).toString('base64')
}

/** Throws with a sentence when it is no such message. */
export function decrypt(aesKey: string, encrypted: string): { message: string; receiveId: string } {
  const cipherText = Buffer.from(encrypted, 'base64')
  if (cipherText.length === 0 || cipherText.length % 16 !== 0)
    throw new Error('the encrypted text is no multiple of 16 bytes in base64')
  const { key, iv } = keyOf(aesKey)
  const decipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(cipherText), decipher.final()])
  const pad = padded.at(-1) ?? 0
  if (pad < 1 || pad > block || !padded.subarray(-pad).every((one) => one === pad))
    throw new Error('it was encrypted with another AES key')
  const plain = padded.subarray(0, padded.length - pad)
  const end = plain.length < 20 ? Infinity : 20 + plain.readUInt32BE(16)
  if (end > plain.length) throw new Error('the length inside the encrypted text is wrong')
  return {
    message: plain.subarray(20, end).toString('utf8'),
    receiveId: plain.subarray(end).toString('utf8'),
  }
}

/**
 * SHA-1 of the sorted parts: token, timestamp, nonce and, where there is one, the encrypted text.
 */
export function sign(...parts: string[]): string {
  return createHash('sha1').update(parts.toSorted().join('')).digest('hex')
}

function keyOf(aesKey: string): { key: Buffer; iv: Buffer } {
  const key = Buffer.from(`${aesKey}=`, 'base64')
  return { key, iv: key.subarray(0, 16) }
}
