import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

const cipher = 'aes-256-gcm'
const nonceBytes = 12

/** The value was made with another key, was changed, or belongs to another row. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

/**
 * Returns `<nonce>.<text>.<tag>` in base64url. Opening it needs the same `bound`, which is not part
 * of it. So a value that is copied to another row is refused.
 */
export function seal(key: Buffer, plain: Buffer, bound: string): string {
  const nonce = randomBytes(nonceBytes)
  const encrypt = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(bound))
  const text = Buffer.concat([encrypt.update(plain), encrypt.final()])
  return [nonce, text, encrypt.getAuthTag()].map((part) => part.toString('base64url')).join('.')
}

/** @throws SealError */
export function open(key: Buffer, sealed: string, bound: string): Buffer {
  const [nonce, text, tag] = sealed.split('.').map((part) => Buffer.from(part, 'base64url'))
  if (!nonce || !text || tag?.length !== 16) throw new SealError('not a sealed value')
  try {
    const decrypt = createDecipheriv(cipher, key, nonce).setAAD(Buffer.from(bound)).setAuthTag(tag)
    return Buffer.concat([decrypt.update(text), decrypt.final()])
  } catch (cause) {
    throw new SealError('the value does not open with this key', { cause })
  }
}

/** Returns a text that identifies the key without revealing it. */
export function proofOf(key: Buffer): string {
  return createHmac('sha256', key).update('chatside: which key is this').digest('base64url')
}
