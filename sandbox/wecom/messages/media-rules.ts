import { Refusal } from '../../platform/method.ts'
import type { MediumKind } from './state.ts'

const megabyte = 1024 * 1024

/**
 * WW-96484: every file is longer than 5 bytes; image 10 MB, voice 2 MB and 60 s, video 10 MB, file
 * 20 MB.
 */
const mostBytes: Record<MediumKind, number> = {
  image: 10 * megabyte,
  voice: 2 * megabyte,
  video: 10 * megabyte,
  file: 20 * megabyte,
}
const tooLong: Record<MediumKind, [number, string]> = {
  image: [40009, 'invalid image size'],
  voice: [40006, 'invalid media size'],
  video: [40011, 'invalid video size'],
  file: [45001, 'media size out of limit'],
}

/**
 * Throws the platform's refusal of a file that is too short, too long or of another format. Returns
 * a voice's seconds.
 */
export function checkMedium(kind: MediumKind, bytes: Buffer, most = mostBytes[kind]): number {
  if (bytes.length === 0) throw new Refusal(44001, 'empty media data')
  if (bytes.length <= 5) throw new Refusal(40006, 'invalid media size')
  if (bytes.length > most) throw new Refusal(...tooLong[kind])
  if (kind === 'image' && !isPicture(bytes)) throw new Refusal(40123, 'invalid image format')
  if (kind === 'video' && bytes.toString('latin1', 4, 8) !== 'ftyp')
    throw new Refusal(40004, 'invalid media type')
  if (kind !== 'voice') return 0
  if (bytes.toString('latin1', 0, 6) !== '#!AMR\n')
    throw new Refusal(301017, 'voice format must be amr')
  const seconds = secondsOf(bytes)
  if (seconds > 60) throw new Refusal(45007, 'playtime out of limit')
  return seconds
}

function isPicture(bytes: Buffer): boolean {
  return (
    bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) ||
    bytes.subarray(0, 4).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47]))
  )
}

/**
 * Bytes of a frame after its header byte, by frame type (RFC 4867, AMR narrow band); each plays 20
 * ms.
 */
const frameBytes = [12, 13, 15, 17, 19, 20, 26, 31, 5]

function secondsOf(bytes: Buffer): number {
  let frames = 0
  for (let at = 6; at < bytes.length; frames += 1)
    at += 1 + (frameBytes[((bytes[at] ?? 0) >> 3) & 15] ?? 0)
  return Math.max(1, Math.round(frames / 50))
}
