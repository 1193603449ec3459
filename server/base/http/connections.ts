import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * A client that takes less of a waiting answer within the patience is let go. The system's own
 * buffers take the first hundreds of kilobytes anyway.
 */
const leastBytes = 16 * 1024
const looksPerPatience = 4

export interface Connections {
  /**
   * Ends the connections that carry no request. Node's own `closeIdleConnections` keeps those that
   * never carried one, and browsers and undici open such connections in advance. Without this a
   * server would wait for them when it stops.
   */
  closeIdle(): void
}

/**
 * Watches the connections of the server. A reader who stops in the middle of an answer, whatever it
 * is, is let go after `patienceMs`; it would hold the answer's file or stream for ever. A film that
 * was paused for longer goes on with a new request.
 */
export function watchConnections(server: Server, patienceMs: number): Connections {
  const requestsOn = new Map<Socket, number>()
  const waiting = new Map<Socket, { since: number; taken: number }>()
  const looking = setInterval(lookForSlowReaders, patienceMs / looksPerPatience).unref()
  server.once('close', () => clearInterval(looking))

  function lookForSlowReaders(): void {
    const now = performance.now()
    for (const socket of requestsOn.keys()) {
      const taken = socket.bytesWritten - socket.writableLength
      const before = waiting.get(socket)
      if (socket.writableLength === 0) waiting.delete(socket)
      else if (!before || taken - before.taken >= leastBytes)
        waiting.set(socket, { since: now, taken })
      else if (now - before.since >= patienceMs) socket.destroy()
    }
  }

  server.on('connection', (socket) => {
    requestsOn.set(socket, 0)
    socket.once('close', () => {
      requestsOn.delete(socket)
      waiting.delete(socket)
    })
  })
  server.on('request', ({ socket }, response) => {
    requestsOn.set(socket, (requestsOn.get(socket) ?? 0) + 1)
    response.once('close', () => {
      const left = (requestsOn.get(socket) ?? 1) - 1
      if (!socket.destroyed) requestsOn.set(socket, left)
    })
  })

  return {
    closeIdle() {
      for (const [socket, requests] of requestsOn) if (requests === 0) socket.destroy()
    },
  }
}
