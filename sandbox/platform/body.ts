import type { IncomingMessage } from 'node:http'

const most = 1_000_000

/** The JSON of a request. Throws when it is not JSON or longer than a megabyte. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const part = chunk as Buffer
    bytes += part.length
    if (bytes > most) throw new Error('the body is longer than a megabyte')
    chunks.push(part)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
}
