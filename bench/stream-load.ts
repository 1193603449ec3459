import { connect } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { message, open, type Line } from './http-load.ts'
import { batchBody, readingOf, type Reader } from './visits.ts'

/**
 * Streams of one server, and events that another server receives. It measures the time until each
 * event is on its stream.
 */
export interface StreamJob {
  kind: 'streams'
  watched: string
  told: string
  /** The events of `reader` appear on this stream. */
  streams: readonly { path: string; headers: Readonly<Record<string, string>>; reader: Reader }[]
  events: number
  perSecond: number
}

export interface StreamOutcome {
  /** Milliseconds from sending the event; the commit counts. */
  fromSent: Float64Array
  /**
   * Milliseconds from the answer, which comes after the commit. Below 0 when the stream was faster
   * than the answer.
   */
  fromAnswered: Float64Array
  /** The stream of each of them. */
  stream: Int32Array
  lost: number
  openSeconds: number
}

interface Sent {
  stream: number
  sentAt: number
  answeredAt: number
  arrivedAt: number
}

const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
const openAtOnce = 50
const patienceMs = 10_000

/** Opens the streams. The job begins when the returned function is called. */
export async function openStreams(job: StreamJob): Promise<() => Promise<StreamOutcome>> {
  const byVisit = new Map<string, Sent>()
  let arrivals = 0
  const begun = performance.now()
  const closers: (() => void)[] = []
  const waiting = [...job.streams.entries()]
  await Promise.all(
    Array.from({ length: openAtOnce }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { path, headers } = next[1]
        closers.push(await openStream(job.watched, path, headers, hear))
      }
    }),
  )
  const openSeconds = (performance.now() - begun) / 1000

  function hear(text: string): void {
    const now = performance.now()
    for (const [visit] of text.matchAll(uuids)) {
      const sent = byVisit.get(visit)
      if (!sent || sent.arrivedAt > 0) continue
      sent.arrivedAt = now
      arrivals += 1
    }
  }

  return async () => {
    // Every reader has a phone of its own; a few connections stand for them.
    const lines = await Promise.all(Array.from({ length: 16 }, () => open(job.told)))
    const readings = job.streams.map(({ reader }) => readingOf(reader))
    const first = performance.now()
    let index = 0
    async function send(line: Line): Promise<void> {
      for (let number = index++; number < job.events; number = index++) {
        const due = first + (number * 1000) / job.perSecond
        const ahead = due - performance.now()
        if (ahead > 0.5) await sleep(ahead)
        // In mixed order, so that the order in which streams were opened does not matter.
        const stream = (number * 7919) % job.streams.length
        const { reader } = job.streams[stream] ?? {}
        let event = readings[stream]?.()
        // Only the beginning of each visit, so that each event makes a moment.
        while (event && event.kind !== 'view.start') event = readings[stream]?.()
        if (!reader || !event) throw new Error('there are no streams')
        const host = new URL(job.told).host
        const headers = {
          Host: host,
          Authorization: `Bearer ${reader.token}`,
          'Content-Type': 'application/json',
        }
        const bytes = message('POST', '/api/track', headers, batchBody([event]))
        const sent: Sent = { stream, sentAt: performance.now(), answeredAt: 0, arrivedAt: 0 }
        byVisit.set(event.visitId, sent)
        await line.ask(bytes)
        sent.answeredAt = performance.now()
      }
    }
    await Promise.all(lines.map(send))
    for (
      const until = performance.now() + patienceMs;
      arrivals < job.events && performance.now() < until;
    )
      await sleep(20)
    for (const close of closers) close()
    for (const { socket } of lines) socket.destroy()
    const arrived = [...byVisit.values()].filter(({ arrivedAt }) => arrivedAt > 0)
    return {
      fromSent: Float64Array.from(arrived, ({ sentAt, arrivedAt }) => arrivedAt - sentAt),
      fromAnswered: Float64Array.from(
        arrived,
        ({ answeredAt, arrivedAt }) => arrivedAt - answeredAt,
      ),
      stream: Int32Array.from(arrived, ({ stream }) => stream),
      lost: job.events - arrived.length,
      openSeconds,
    }
  }
}

/** Resolves once the server has begun to answer. */
async function openStream(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  hear: (text: string) => void,
): Promise<() => void> {
  const { hostname, port, host } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  socket.write(message('GET', path, { Host: host, Accept: 'text/event-stream', ...headers }))
  let tail = ''
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('data', (chunk: Buffer) => {
      const head = chunk.toString('latin1')
      if (head.startsWith('HTTP/1.1 200')) resolve()
      else reject(new Error(head.slice(0, 1000)))
    })
  })
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    // The network may cut an id in two.
    const text = tail + chunk.toString('latin1')
    tail = text.slice(-35)
    hear(text)
  })
  return () => socket.destroy()
}
