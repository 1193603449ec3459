import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from '../base/context.ts'

/**
 * Ids that only this server can make: for the visits and the forwards of one reader of one share.
 * They are handed out with the share. An id proves two facts without a row: this reader opened this
 * share, and not before the time that the id carries.
 *
 * The form is UUIDv8 (RFC 9562 §5.8): 48 bits of milliseconds, 12 random bits, 62 bits of a MAC.
 * Nobody can claim an issued id of another reader, not even one who sees it in a forwarded card.
 */
export interface Reader {
  corpId: string
  identityId: string
  shareId: string
}

export type Use = 'visit' | 'forward'

type Key = Pick<Context, 'config'>

/** Returns `count` different ids, which carry the present time. */
export function issue(
  ctx: Pick<Context, 'clock' | 'random' | 'config'>,
  use: Use,
  reader: Reader,
  count: number,
): string[] {
  const at = ctx.clock.now().getTime()
  const first = Buffer.from(ctx.random.token(2), 'base64url').readUInt16BE()
  return Array.from({ length: count }, (_, index) =>
    issuedAt(ctx, use, reader, at, (first + index) & 0x0fff),
  )
}

export function issuedAt(
  ctx: Key,
  use: Use,
  reader: Reader,
  milliseconds: number,
  salt: number,
): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(milliseconds, 0, 6)
  bytes.writeUInt16BE(0x8000 | salt, 6)
  mac(ctx, use, reader, bytes.subarray(0, 8)).copy(bytes, 8, 0, 8)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Whether the id has the form of an issued one. Other ids were made by a client. */
export function looksIssued(id: string): boolean {
  return id.charAt(14) === '8'
}

/** Whether this server issued the id to this reader, for this use and share. */
export function isIssued(ctx: Key, use: Use, reader: Reader, id: string): boolean {
  if (!looksIssued(id)) return false
  const bytes = Buffer.from(id.replaceAll('-', ''), 'hex')
  const wanted = issuedAt(ctx, use, reader, bytes.readUIntBE(0, 6), bytes.readUInt16BE(6) & 0x0fff)
  return timingSafeEqual(bytes, Buffer.from(wanted.replaceAll('-', ''), 'hex'))
}

function mac({ config }: Key, use: Use, reader: Reader, head: Buffer): Buffer {
  const { corpId, identityId, shareId } = reader
  // The first word keeps this use of the secret apart from tokens and addresses of files.
  return createHmac('sha256', config.sessionSecret)
    .update(JSON.stringify(['issued', use, corpId, identityId, shareId]))
    .update(head)
    .digest()
}
