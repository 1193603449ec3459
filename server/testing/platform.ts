import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export interface FakePlatform {
  /** For WECOM_API_URL and WECHAT_API_URL. */
  url: string
  /** The requests so far, `path` or `path?type=…`, in order. */
  asked: string[]
  stop(): Promise<void>
}

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Starts a platform that fails in ways that the sandbox does not: no HTTP answer at all, half an
 * answer, an answer in an unknown shape. An object is answered as JSON.
 */
export async function startPlatform(
  answers: Readonly<Record<string, Answer>>,
): Promise<FakePlatform> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    asked.push(pathname)
    request.resume()
    Promise.resolve(answers[pathname]?.(request, response)).then(
      (value) => {
        if (value !== undefined)
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
        else if (!answers[pathname]) response.writeHead(404).end()
      },
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('not listening')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
