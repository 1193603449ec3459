import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Ends the connections on which nothing is asked. Node's own `closeIdleConnections` leaves those
 * that were opened ahead of a first request, as browsers and undici open them: stopping would wait
 * for them to the last.
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
