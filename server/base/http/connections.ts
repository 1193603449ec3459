import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Ends the connections that carry no request. Node's own `closeIdleConnections` keeps those that
 * never carried one, and browsers and undici open such connections in advance. Without this a
 * server would wait for them when it stops.
 */
export function watchConnections(server: Server): { closeIdle: () => void } {
  const requestsOn = new Map<Socket, number>()

  server.on('connection', (socket) => {
    requestsOn.set(socket, 0)
    socket.once('close', () => requestsOn.delete(socket))
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
