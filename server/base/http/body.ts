import type { IncomingMessage } from 'node:http'
import type { Context as KoaContext } from 'koa'
import { fail, Problem } from '../problem.ts'

export const jsonLimit = 1024 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true })

export interface BodyLimits {
  /** The largest body, in bytes. */
  bytes: number
  /** How long the body may take to arrive. */
  patienceMs: number
}

/** Returns the parsed JSON body. Reading stops as soon as the body is known to be too large. */
export async function readJson(koa: KoaContext, limits: BodyLimits): Promise<unknown> {
  // We accept `application/json` and any `…+json`. A browser form cannot send these to another
  // origin without a preflight.
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(koa.req.headers['content-type'] ?? '')) {
    fail('unsupported_media_type', 'Send the body as application/json')
  }
  const bytes = await readBytes(koa.req, limits)
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (cause) {
    throw new Problem('malformed_json', cause instanceof Error ? cause.message : undefined, {
      cause,
    })
  }
}

/** @throws Problem `body_too_large`, `request_too_slow`, `invalid_request` */
export function readBytes(
  request: IncomingMessage,
  { bytes: limit, patienceMs }: BodyLimits,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const late = setTimeout(() => settle(() => reject(tooSlow())), patienceMs)
    function settle(end: () => void) {
      clearTimeout(late)
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
      end()
    }
    function onData(chunk: Buffer) {
      size += chunk.length
      if (size > limit) settle(() => reject(tooLarge(limit)))
      else chunks.push(chunk)
    }
    function onEnd() {
      settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    }
    function onError(cause: Error) {
      settle(() =>
        reject(
          new Problem('invalid_request', 'The connection broke before the body was complete', {
            cause,
          }),
        ),
      )
    }
    function onClose() {
      settle(() =>
        reject(new Problem('invalid_request', 'The connection broke before the body was complete')),
      )
    }
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  })
}

/** The body did not arrive in time. As after `tooLarge`, the connection cannot be used again. */
export function tooSlow(): Problem {
  return new Problem('request_too_slow', 'The body did not arrive in time; send it again', {
    headers: { Connection: 'close' },
  })
}

export function tooLarge(limit: number): Problem {
  // The rest of the body stays unread, so the connection cannot be used again.
  return new Problem('body_too_large', `The body must have at most ${limit} bytes`, {
    headers: { Connection: 'close' },
  })
}
