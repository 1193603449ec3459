import { randomBytes } from 'node:crypto'

/**
 * Code reads time and randomness through these interfaces, so that tests and the sandbox can move
 * the clock.
 */
export interface Clock {
  now(): Date
}

export interface Random {
  /** Returns a UUIDv7, made of the clock's milliseconds and randomness. */
  id(): string
  /** Returns `bytes` random bytes as base64url. */
  token(bytes: number): string
}

export const systemClock: Clock = { now: () => new Date() }

/** Asking the system for a few random bytes costs as much as asking for many. */
const poolBytes = 4096

export function openRandom(clock: Clock): Random {
  let pool = Buffer.alloc(0)
  let used = 0

  function take(bytes: number): Buffer {
    if (used + bytes > pool.length) {
      pool = randomBytes(Math.max(poolBytes, bytes))
      used = 0
    }
    used += bytes
    return pool.subarray(used - bytes, used)
  }

  return {
    id: () => uuid7(clock.now().getTime(), take(10)),
    token: (bytes) => take(bytes).toString('base64url'),
  }
}

/**
 * UUID version 7 (RFC 9562): 48 bits of milliseconds, then randomness. Ids of one millisecond have
 * no particular order.
 */
function uuid7(milliseconds: number, random: Buffer): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(milliseconds, 0, 6)
  random.copy(bytes, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
