import type { IncomingMessage } from 'node:http'

const megabyte = 1_000_000

/**
 * The bytes of a request, or null when they are more than `most`: they are then read to their end
 * and dropped, so that the sender can hear the answer.
 */
export async function readMost(request: IncomingMessage, most: number): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const part = chunk as Buffer
    bytes += part.length
    if (bytes <= most) chunks.push(part)
  }
  return bytes > most ? null : Buffer.concat(chunks)
}

/** The JSON of a request. Throws when it is not JSON or longer than a megabyte. */
export async function readJson(request: IncomingMessage, mayBeEmpty = false): Promise<unknown> {
  const bytes = await readMost(request, megabyte)
  if (bytes === null) throw new Error(`the body is longer than ${megabyte} bytes`)
  if (mayBeEmpty && bytes.length === 0) return {}
  return JSON.parse(bytes.toString('utf8')) as unknown
}
