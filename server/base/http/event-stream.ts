import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Context as KoaContext } from 'koa'

const heartbeatMs = 15_000
/**
 * A client that does not read is cut off when this many bytes wait for it. It resumes where it was.
 */
const mostBufferedBytes = 1024 * 1024
/** How long the client waits before it reconnects. */
const retryMs = 2_000

/** One server-sent event. */
export interface ServerEvent {
  /** A client that resumes sends it back as `Last-Event-ID`. Without one the last one stays. */
  id?: string
  event: string
  data: unknown
}

export interface EventStream {
  /** Aborted when the client has left. */
  readonly gone: AbortSignal
  /**
   * Writes events. Waits while the client is slow, until `signal` is aborted at the latest.
   * Returns false when the client reads nothing at all.
   */
  send(events: readonly ServerEvent[], signal: AbortSignal): Promise<boolean>
  end(): void
}

/**
 * Begins the answer at once, so that the client knows that it is connected. Regular comments keep
 * proxies from closing the stream. A failure after this can only end the stream.
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
  // The client may have left while we checked its permission. Then the connection closed before we
  // listened for that.
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
  const place = id === undefined ? '' : `id: ${id}\n`
  return `${place}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
