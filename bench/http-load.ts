import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { batchBody, readingOf, type Reader } from './visits.ts'

export interface HttpJob {
  kind: 'http'
  /** The servers; connections go to them in turns. */
  origins: readonly string[]
  connections: number
  /** How long the load lasts. It also ends when the prepared requests are used up. */
  seconds: number
  requests: Gets | Tracks
  /**
   * Requests in a second, over all connections. Unset: a connection sends as soon as it has its
   * answer.
   */
  perSecond?: number
}

export interface Gets {
  kind: 'get'
  /** Requested in turns, from the first again after the last. */
  paths: readonly string[]
  headers: Readonly<Record<string, string>>
}

export interface Tracks {
  kind: 'track'
  eventsEach: number
  /** How many requests to prepare; each is sent once. */
  count: number
  readers: readonly Reader[]
}

export interface HttpOutcome {
  /**
   * Milliseconds from sending to the whole answer. With a pace: from the time when the request was
   * due.
   */
  latencies: Float64Array
  /**
   * The time of each answer, in milliseconds of `performance.timeOrigin` + `now()`. All processes
   * share this clock.
   */
  answeredAt: Float64Array
  seconds: number
}

/**
 * Makes the bytes of the requests before anything is measured, because making them costs more than
 * sending them.
 */
export function prepare({ requests, origins }: HttpJob): { next(): Buffer | undefined } {
  const host = new URL(origins[0] ?? '').host
  const made =
    requests.kind === 'get'
      ? requests.paths.map((path) => message('GET', path, { Host: host, ...requests.headers }))
      : trackRequests(requests, host)
  let index = 0
  return {
    next() {
      if (requests.kind === 'get') return made[index++ % made.length]
      return made[index++]
    },
  }
}

function trackRequests({ eventsEach, count, readers }: Tracks, host: string): Buffer[] {
  const readings = readers.map((reader) => ({ token: reader.token, next: readingOf(reader) }))
  return Array.from({ length: count }, (_, index) => {
    const reading = readings[index % readings.length]
    if (!reading) throw new Error('there are no readers')
    const body = batchBody(Array.from({ length: eventsEach }, reading.next))
    return message(
      'POST',
      '/api/track',
      { Host: host, Authorization: `Bearer ${reading.token}`, 'Content-Type': 'application/json' },
      body,
    )
  })
}

export function message(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body = '',
): Buffer {
  const lines = Object.entries({
    ...headers,
    ...(body && { 'Content-Length': String(Buffer.byteLength(body)) }),
  })
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
}

/**
 * Sends the prepared requests over plain sockets. On two cores, an HTTP client that costs as much
 * as the server would falsify the figure. Any answer but a 2xx and any refused event ends it,
 * because errors are fast.
 */
export async function sendAll(
  job: HttpJob,
  { next }: ReturnType<typeof prepare>,
): Promise<HttpOutcome> {
  const sockets = await Promise.all(
    Array.from({ length: job.connections }, (_, index) =>
      open(job.origins[index % job.origins.length] ?? ''),
    ),
  )
  const latencies: number[] = []
  const answeredAt: number[] = []
  const begun = performance.now()
  const until = begun + job.seconds * 1000
  const pace = job.perSecond === undefined ? null : makePace(begun, job.perSecond)
  try {
    await Promise.all(sockets.map(send))
  } finally {
    for (const { socket } of sockets) socket.destroy()
  }
  return {
    latencies: Float64Array.from(latencies),
    answeredAt: Float64Array.from(answeredAt),
    seconds: (performance.now() - begun) / 1000,
  }

  async function send(line: Line): Promise<void> {
    for (;;) {
      const due = pace ? await pace() : performance.now()
      if (due >= until) return
      const bytes = next()
      if (!bytes) return
      await line.ask(bytes)
      const now = performance.now()
      latencies.push(now - due)
      answeredAt.push(performance.timeOrigin + now)
    }
  }
}

/**
 * Returns a function that waits until the next request is due. A late one is sent at once, and its
 * lateness counts.
 */
function makePace(begun: number, perSecond: number): () => Promise<number> {
  let count = 0
  return async () => {
    const due = begun + (count++ * 1000) / perSecond
    const ahead = due - performance.now()
    if (ahead > 0.5) await new Promise((resolve) => setTimeout(resolve, ahead))
    return due
  }
}

export interface Line {
  socket: Socket
  /** Resolves with the bytes of the whole answer. */
  ask(bytes: Buffer): Promise<void>
}

export async function open(origin: string): Promise<Line> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise<void>((resolve, reject) =>
    socket.once('connect', resolve).once('error', reject),
  )
  let held: Buffer | null = null
  let answered: (() => void) | null = null
  let broken: ((error: Error) => void) | null = null
  let failure: Error | null = null
  const fail = (error: Error) => {
    failure ??= error
    broken?.(error)
  }
  socket.on('error', fail)
  socket.on('close', () => fail(new Error(`${origin} closed the connection`)))
  socket.on('data', (chunk: Buffer) => {
    held = held ? Buffer.concat([held, chunk]) : chunk
    const end = held.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = held.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN)
    if (Number.isNaN(length)) return fail(new Error(`${origin} answered without a length: ${head}`))
    if (held.length < end + 4 + length) return
    if (!head.startsWith('HTTP/1.1 2') || held.includes('"refused":[{', end))
      return fail(new Error(held.toString('utf8', 0, 1000)))
    held = null
    answered?.()
  })
  return {
    socket,
    ask: (bytes) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure)
        answered = resolve
        broken = reject
        socket.write(bytes)
      }),
  }
}
