import type { IncomingMessage } from 'node:http'

const megabyte = 1_000_000

/** The bytes of a request. Throws when they are more than `most`. */
export async function readBytes(request: IncomingMessage, most = megabyte): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const part = chunk as Buffer
    bytes += part.length
    if (bytes > most) throw new Error(`the body is longer than ${most} bytes`)
    chunks.push(part)
  }
  return Buffer.concat(chunks)
}

/** The JSON of a request. Throws when it is not JSON or longer than a megabyte. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  return JSON.parse((await readBytes(request)).toString('utf8')) as unknown
}
