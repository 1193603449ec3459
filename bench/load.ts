import autocannon from 'autocannon'

export interface Load {
  perSecond: number
  p50: number
  p99: number
}

export interface LoadOptions {
  connections: number
  seconds: number
  headers?: Readonly<Record<string, string>>
  /** Makes the body of each request; without it the request is a GET. */
  body?: () => string
}

/** Fires requests at one address. Anything but a 2xx ends the benchmark: an error is fast. */
export async function load(url: string, { connections, seconds, headers = {}, body }: LoadOptions): Promise<Load> {
  const { pathname, search } = new URL(url)
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    requests: [
      body
        ? {
            method: 'POST',
            path: pathname,
            headers: { ...headers, 'Content-Type': 'application/json' },
            setupRequest: (request) => ({ ...request, body: body() }),
          }
        : { method: 'GET', path: pathname + search, headers: { ...headers } },
    ],
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} broken of ${result.requests.total}`)
  return { perSecond: result.requests.total / result.duration, p50: result.latency.p50, p99: result.latency.p99 }
}
