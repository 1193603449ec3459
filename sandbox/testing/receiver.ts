import { createDecipheriv, createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Received {
  query: Record<string, string>
  /** As it came. */
  envelope: string
  /** Decrypted, or the same as `envelope` in plain mode. */
  message: string
  receiveId: string | null
  at: number
}

interface ReceiverOptions {
  token: string
  aesKey: string
  path?: string
  /** Instead of the right answer to an echostr. */
  onEcho?: (echo: { encrypted: string; plain: string }, response: ServerResponse) => void
  /** Instead of `success`. `count` begins at 1. */
  onPush?: (push: Received, response: ServerResponse, count: number) => void
}

export interface Receiver {
  url: string
  received: Received[]
  close: () => Promise<void>
}

/**
 * A callback server of an app, written from the platforms' pages (WW-90930, WW-91144) and not from
 * the sandbox's own functions. Closes with the test.
 */
export async function openReceiver(options: ReceiverOptions): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer(
    (request, response) => void answer(request, response, options, received),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  onTestFinished(close)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${options.path ?? '/callback'}`,
    received,
    close,
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ReceiverOptions,
  received: Received[],
) {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://x').searchParams)
  if (request.method === 'GET') return echo(query, response, options)
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const envelope = Buffer.concat(chunks).toString('utf8')
  const push: Received = {
    query,
    envelope,
    ...openEnvelope(envelope, query, options),
    at: Date.now(),
  }
  received.push(push)
  if (options.onPush) options.onPush(push, response, received.length)
  else response.end('success')
}

function echo(query: Record<string, string>, response: ServerResponse, options: ReceiverOptions) {
  const encrypted = query.echostr ?? ''
  const isWecom = query.msg_signature !== undefined
  const expected = isWecom
    ? digest([options.token, query.timestamp, query.nonce, encrypted])
    : digest([options.token, query.timestamp, query.nonce])
  if (expected !== (query.msg_signature ?? query.signature))
    return response.writeHead(403).end('bad signature')
  const plain = isWecom ? decryptText(encrypted, options.aesKey).text : encrypted
  if (options.onEcho) return options.onEcho({ encrypted, plain }, response)
  return response.end(plain)
}

function openEnvelope(
  envelope: string,
  query: Record<string, string>,
  { token, aesKey }: ReceiverOptions,
) {
  const encrypted =
    /<Encrypt><!\[CDATA\[(.*?)\]\]><\/Encrypt>/.exec(envelope)?.[1] ??
    /"encrypt"\s*:\s*"([^"]+)"/i.exec(envelope)?.[1]
  if (encrypted === undefined) {
    if (digest([token, query.timestamp, query.nonce]) !== query.signature)
      throw new Error('the signature of a plain push is wrong')
    return { message: envelope, receiveId: null }
  }
  if (digest([token, query.timestamp, query.nonce, encrypted]) !== query.msg_signature)
    throw new Error('the msg_signature is wrong')
  const { text, owner } = decryptText(encrypted, aesKey)
  return { message: text, receiveId: owner }
}

function digest(parts: (string | undefined)[]): string {
  const sorted = parts.map((one) => one ?? '').sort()
  return createHash('sha1').update(sorted.join('')).digest('hex')
}

/**
 * Strip random(16), read the length, cut the message, the rest is the owner; PKCS#7 pads up to 32
 * bytes.
 */
function decryptText(encrypted: string, aesKey: string): { text: string; owner: string } {
  const key = Buffer.from(aesKey + '=', 'base64')
  const cipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16))
  cipher.setAutoPadding(false)
  const all = Buffer.concat([cipher.update(encrypted, 'base64'), cipher.final()])
  const unpadded = all.subarray(0, all.length - (all[all.length - 1] ?? 0))
  const size = unpadded.readUInt32BE(16)
  return {
    text: unpadded.subarray(20, 20 + size).toString(),
    owner: unpadded.subarray(20 + size).toString(),
  }
}
