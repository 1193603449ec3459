import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { tooLarge, tooSlow } from '../../base/http/body.ts'
import { fail, Problem } from '../../base/problem.ts'

export interface Reception {
  /** Where the bytes go; nothing may be there yet. */
  path: string
  /** The largest file, in bytes. */
  most: number
  /** A sender who is silent for so long is let go. */
  silentMs: number
  /** A sender who is not done by then is let go. */
  wholeMs: number
}

/**
 * What may stand around the file: part headers, other fields, boundaries. A body with more is
 * refused, whatever it consists of.
 */
const envelopeBytes = 16 * 1024
/**
 * The parser gets so much at once. What it makes of a hostile piece (parts, headers) is done before
 * anything else runs.
 */
const pieceBytes = 4 * 1024
/** The parser may hold back a buffer of the file before it counts as the file's. */
const heldBackBytes = 64 * 1024

const limits = {
  parts: 10,
  fields: 9,
  files: 2,
  fieldSize: 4 * 1024,
  headerPairs: 16,
  headerSize: 4 * 1024,
}
const longestContentType = 300

/**
 * Writes the part named `file` of a multipart body to the disk while it arrives. It holds some
 * chunks in memory, never the file.
 * @throws Problem `unsupported_media_type`, `invalid_request`, `body_too_large`,
 * `request_too_slow`; errors of the disk as they come
 */
export async function receiveFile(request: IncomingMessage, reception: Reception): Promise<void> {
  const { path, most, silentMs, wholeMs } = reception
  const parser = openParser(request, most)
  if (Number(request.headers['content-length'] ?? 0) > most + envelopeBytes) throw tooLarge(most)

  const ending = new AbortController()
  const end = (reason: unknown) => ending.abort(reason)
  let file: BusboyFileStream | undefined
  let writing: Promise<void> | undefined
  let received = 0

  parser.on('file', (name, part) => {
    if (name !== 'file' || file) {
      // Its bytes count as envelope.
      part.on('error', () => undefined).resume()
      return
    }
    file = part
    part.once('limit', () => end(tooLarge(most)))
    const target = createWriteStream(path, { flags: 'wx', mode: 0o600 })
    writing = pipeline(part, target, { signal: ending.signal })
    writing.catch(end)
  })
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => end(tooMuch('The form has too many parts')))

  /** Feeds the parser in pieces, waits while the disk is slow, and stops once it is all over. */
  async function take(chunk: Buffer): Promise<void> {
    silence.refresh()
    for (let at = 0; at < chunk.length && !ending.signal.aborted; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes)
      received += piece.length
      if (!parser.write(piece)) await once(parser, 'drain', { signal: ending.signal })
      if (received - (file?.bytesRead ?? 0) > envelopeBytes + heldBackBytes)
        end(tooMuch('The form holds too much beside the file'))
    }
  }
  let taking = Promise.resolve()
  function onData(chunk: Buffer): void {
    request.pause()
    taking = take(chunk).then(() => void request.resume(), end)
  }
  function onEnd(): void {
    // Node reports the end with the last chunk, which may still be on its way to the disk.
    void taking.then(() => parser.end())
  }
  const silence = setTimeout(() => end(tooSlow()), silentMs)
  const late = setTimeout(() => end(tooSlow()), wholeMs)
  const onClose = () => {
    if (!request.complete) end(left())
  }
  try {
    await new Promise<void>((resolve, reject) => {
      ending.signal.addEventListener('abort', () => reject(reasonOf(ending.signal)))
      parser.once('finish', resolve)
      parser.once('error', () => end(malformed()))
      request.on('data', onData).once('end', onEnd).once('close', onClose)
      if (request.destroyed) onClose()
    })
    if (!writing)
      fail('invalid_request', 'file: must be a file', {
        errors: [{ field: 'file', message: 'must be a file' }],
      })
    await writing
  } finally {
    clearTimeout(silence)
    clearTimeout(late)
    // What still comes is read and dropped: the answer waits behind it.
    request.off('data', onData).off('end', onEnd).off('close', onClose).resume()
    // After a success this ends nothing; otherwise it closes the half-written file.
    end(new Error('the reception has ended'))
    parser.on('error', () => undefined).destroy()
    await writing?.catch(() => undefined)
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))
}

function openParser(request: IncomingMessage, most: number): BusboyInstance {
  const contentType = request.headers['content-type'] ?? ''
  if (!/^multipart\/form-data\s*;/i.test(contentType))
    fail('unsupported_media_type', 'Send the photo as multipart/form-data, in a part named "file"')
  if (contentType.length > longestContentType || !/boundary="?[^\s";]/i.test(contentType))
    throw malformed()
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { ...limits, fileSize: most },
    })
  } catch {
    throw malformed()
  }
}

function left(): Problem {
  return new Problem('invalid_request', 'The sender left')
}

function tooMuch(detail: string): Problem {
  // The rest of the body stays unread.
  return new Problem('invalid_request', detail, { headers: { Connection: 'close' } })
}

function malformed(): Problem {
  return new Problem('invalid_request', 'The body is not well-formed multipart/form-data')
}
