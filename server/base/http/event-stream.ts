import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Context as KoaContext } from 'koa'

const heartbeatMs = 15_000
/** A client that reads nothing while so much waits for it is cut off; it resumes where it was. */
const mostBufferedBytes = 1024 * 1024
/** What the client waits before it comes back. */
const retryMs = 2_000

/** One server-sent event. */
export interface ServerEvent {
  /** Sent back as `Last-Event-ID` by a client that resumes. */
  id: string
  event: string
  data: unknown
}

export interface EventStream {
  /** Aborted when the client has left. */
  readonly gone: AbortSignal
  /**
   * Writes events and waits while the client is slow, at most until `signal` is aborted. False when
   * it reads nothing at all.
   */
  send(events: readonly ServerEvent[], signal: AbortSignal): Promise<boolean>
  end(): void
}

/**
 * Begins the answer at once, so that the client knows it is connected, and keeps it alive through
 * proxies. What goes wrong from here on can only end the stream.
 */
export function openEventStream(koa: KoaContext): EventStream {
  const gone = new AbortController()
  const stream = new PassThrough()
  koa.status = 200
  koa.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  })
  koa.body = stream
  koa.req.socket.setNoDelay(true)
  koa.res.once('close', () => gone.abort())
  stream.write(`retry: ${retryMs}\n\n`)
  const heartbeat = setInterval(() => stream.write(':\n\n'), heartbeatMs)
  gone.signal.addEventListener('abort', () => clearInterval(heartbeat), { once: true })
  // A client may leave while we still ask whether it may read: then the answer was closed before
  // anybody listened.
  if (koa.req.socket.destroyed) gone.abort()

  return {
    gone: gone.signal,
    async send(events, signal) {
      if (stream.writableLength > mostBufferedBytes) return false
      if (!stream.write(events.map(written).join('')))
        await Promise.race([
          once(stream, 'drain', { signal }),
          once(stream, 'close', { signal }),
        ]).catch(() => undefined)
      return true
    },
    end() {
      gone.abort()
      stream.end()
    },
  }
}

function written({ id, event, data }: ServerEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
