import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** So many seconds, each so long by the real clock. */
export interface Span {
  seconds: number
  secondMs: number
}

export interface Answer {
  status: number
  body: string
}

/**
 * The network failed, or nothing came in time: the two cases in which the platforms send again
 * (WW-90930).
 */
export class Unreached extends Error {}

const mostAnswer = 64_000

/**
 * One request on a connection of its own. Rejects with `Unreached` for a network failure, a broken
 * answer, or none within `seconds`.
 */
export function send(
  method: 'GET' | 'POST',
  url: string,
  query: URLSearchParams,
  {
    body,
    within,
    signal,
    contentType,
  }: { body?: string; within: Span; signal?: AbortSignal; contentType?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = new URL(url)
    for (const [name, value] of query) target.searchParams.append(name, value)
    const open = target.protocol === 'https:' ? requestHttps : requestHttp
    const request = open(target, {
      method,
      agent: false,
      headers:
        body === undefined
          ? {}
          : {
              'content-type': contentType ?? 'text/xml',
              'content-length': Buffer.byteLength(body),
            },
      ...(signal && { signal }),
    })
    const fail = (words: string) => {
      clearTimeout(timer)
      request.destroy()
      reject(new Unreached(words))
    }
    const timer = setTimeout(
      () => fail(`no answer within ${within.seconds} s`),
      within.seconds * within.secondMs,
    )
    timer.unref()
    request.on('error', (error) => fail(`the connection failed: ${error.message}`))
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > mostAnswer) fail(`the answer is longer than ${mostAnswer} bytes`)
        else chunks.push(chunk)
      })
      response.on('aborted', () => fail('the connection was closed in the middle of the answer'))
      response.on('end', () => {
        clearTimeout(timer)
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') })
      })
    })
    request.end(body)
  })
}
