import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto'

/**
 * The two secrets of a callback address, and the receiver of its messages. The receiver is the corp
 * id for an app of WeCom (WW-91144), the AppId for an account of WeChat.
 */
export interface CallbackSecrets {
  token: string
  aesKey: string
  receiveId: string
}

export interface Sealed {
  signature: string
  timestamp: string
  nonce: string
  encrypted: string
}

/** The message does not come from the platform, or is not for us. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError'
}

/**
 * WW-91144: messages are padded to 32 bytes, twice the cipher's own block. Node's padding would
 * refuse every second one.
 */
const paddingBlock = 32
const randomBytes = 16
const lengthBytes = 4

/**
 * Returns the message inside: the text of an echostr, or the XML of an event. It checks the
 * signature first (WW-96238), so that senders without the token learn nothing about the ciphertext.
 * @throws EnvelopeError
 */
export function openEnvelope(
  { token, aesKey, receiveId }: CallbackSecrets,
  { signature, timestamp, nonce, encrypted }: Sealed,
): string {
  expectSignature(signature, [token, timestamp, nonce, encrypted])
  const content = unpad(decrypt(aesKey, encrypted))
  if (content.length < randomBytes + lengthBytes)
    throw new EnvelopeError('the content is too short')
  const start = randomBytes + lengthBytes
  const end = start + content.readUInt32BE(randomBytes)
  if (end > content.length) throw new EnvelopeError('the length inside is wrong')
  // A provider uses one key for many corps, so the key alone does not prove the receiver.
  if (content.subarray(end).toString('utf8') !== receiveId)
    throw new EnvelopeError('it is for somebody else')
  return content.subarray(start, end).toString('utf8')
}

/** SHA-1 over the sorted parts, compared in constant time. @throws EnvelopeError */
export function expectSignature(signature: string, parts: readonly string[]): void {
  expectDigest(signature)
  const wanted = createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex')
  if (!isEqual(signature, wanted)) throw new EnvelopeError('the signature is wrong')
}

/** Refuses what cannot be a signature, before anything is computed. @throws EnvelopeError */
export function expectDigest(signature: string): void {
  if (!/^[0-9a-f]{40}$/.test(signature)) throw new EnvelopeError('there is no signature')
}

function isEqual(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function decrypt(aesKey: string, encrypted: string): Buffer {
  const bytes = Buffer.from(encrypted, 'base64')
  if (bytes.length === 0 || bytes.length % 16 !== 0)
    throw new EnvelopeError('it is not encrypted as agreed')
  const key = Buffer.from(`${aesKey}=`, 'base64')
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([decipher.update(bytes), decipher.final()])
}

function unpad(content: Buffer): Buffer {
  const pad = content.at(-1) ?? 0
  const isPadded =
    pad >= 1 &&
    pad <= Math.min(paddingBlock, content.length) &&
    content.subarray(-pad).every((byte) => byte === pad)
  if (!isPadded) throw new EnvelopeError('it was encrypted with another key')
  return content.subarray(0, content.length - pad)
}
